using System.Text;
using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Migrate;

/// <summary>
/// Copies everything from one host's stores to another's, which must be empty, and reads it back. Orchestrations do not move: what they work on
/// must have ended; models' coordinators and monitors start anew on the other host. One that was cut off goes on where it is started again.
/// </summary>
public sealed class Migration(StoreSet from, StoreSet to)
{
    /// <summary>The blob that says how far a target is.</summary>
    private const string MarkBlob = "migration";
    private const string Copying = "copying";
    private const string Done = "done";

    /// <summary>Copies and compares.</summary>
    /// <exception cref="MigrationException">Something is under way in the source, the target holds something else, or a copy differs.</exception>
    public async Task<MigrationReport> Run(CancellationToken cancellationToken = default)
    {
        var models = await new ModelRegistry(from.Tables, TimeProvider.System).ListModels(cancellationToken);
        foreach (var model in models) await RequireAtRest(model.Name, cancellationToken);
        await Begin(cancellationToken);

        var artifacts = await CopyContent(cancellationToken);
        var entities = await new TableCopy(from.Tables, to.Tables).Run(cancellationToken);
        var records = await new LogCopy(from.Log, to.Log).Run(models.Select(model => model.Name), cancellationToken);
        var blobs = await CopyBlobs(cancellationToken);

        await to.Blobs.Write(MarkBlob, Encoding.ASCII.GetBytes(Done), "*", cancellationToken);
        return new MigrationReport(artifacts, entities, records, blobs);
    }

    private async Task RequireAtRest(string model, CancellationToken cancellationToken)
    {
        foreach (var entity in await from.Tables.QueryAll(new TableQuery("runs", model), cancellationToken))
        {
            if (!entity.Row.All(char.IsAsciiDigit)) continue;
            var run = JsonSerializer.Deserialize<RunRecord>(entity.Properties["json"], CoreJson.Options)!;
            if (run.Status is RunStatus.Running or RunStatus.AwaitingApproval)
                throw new MigrationException($"{run.Id} has not ended: let it end, or decide it, and stop the host then.");
        }
        if (await new ModelRegistry(from.Tables, TimeProvider.System).FindAlias(model, ModelRegistry.Challenger, cancellationToken) is { } challenger)
            throw new MigrationException($"{model} version {challenger.Version} is being rolled out: promote it or roll it back, and stop the host then.");
    }

    private async Task Begin(CancellationToken cancellationToken)
    {
        var mark = await to.Blobs.Read(MarkBlob, cancellationToken);
        if (mark is not null && Encoding.ASCII.GetString(mark.Content.Span) == Copying) return;
        if (mark is not null || await HoldsEntities(cancellationToken))
            throw new MigrationException("The target is not empty: it holds models, or an earlier migration. Choose another --prefix, account or folder.");
        await to.Blobs.Write(MarkBlob, Encoding.ASCII.GetBytes(Copying), null, cancellationToken);
    }

    private async Task<bool> HoldsEntities(CancellationToken cancellationToken)
    {
        await foreach (var table in to.Tables.Tables(cancellationToken))
            if ((await to.Tables.Query(new TableQuery(table, null, Take: 1), cancellationToken)).Entities.Count > 0) return true;
        return false;
    }

    private async Task<int> CopyContent(CancellationToken cancellationToken)
    {
        var copied = 0;
        await foreach (var hash in from.Content.List(cancellationToken))
        {
            if (!await to.Content.Exists(hash, cancellationToken))
            {
                await using var content = await from.Content.OpenVerified(hash, cancellationToken);
                await to.Content.Put(content, cancellationToken);
            }
            // Read back: the name must be the hash of what is there.
            await (await to.Content.OpenVerified(hash, cancellationToken)).DisposeAsync();
            copied++;
        }
        return copied;
    }

    private async Task<int> CopyBlobs(CancellationToken cancellationToken)
    {
        var copied = 0;
        await foreach (var name in from.Blobs.List("", cancellationToken))
        {
            if (name == MarkBlob || await from.Blobs.Read(name, cancellationToken) is not { } blob) continue;
            await to.Blobs.Write(name, blob.Content, "*", cancellationToken);
            copied++;
        }
        return copied;
    }
}

/// <summary>What was copied.</summary>
/// <param name="Artifacts">Contents.</param>
/// <param name="Entities">Entities of all tables.</param>
/// <param name="Records">Predictions and labels.</param>
/// <param name="Blobs">Named blobs.</param>
public sealed record MigrationReport(int Artifacts, int Entities, int Records, int Blobs);
