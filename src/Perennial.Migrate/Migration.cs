using System.Text;
using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Migrate;

/// <summary>
/// Copies everything from one host's stores to another's, which must be empty, and reads it back. Orchestrations do not move: what they work on
/// must have ended; models' coordinators and monitors start anew on the other host. One that was cut off goes on where it is started again, and
/// takes over what the source has gained or changed in between; where the target holds what the source does not, it is refused.
/// </summary>
public sealed class Migration(StoreSet from, StoreSet to, IProgress<MigrationProgress>? progress = null)
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
        await RequireWhole(cancellationToken);
        await Begin(cancellationToken);

        var blobs = new BlobCopy(from, to, progress);
        var artifacts = await blobs.Artifacts(cancellationToken);
        var entities = await new TableCopy(from.Tables, to.Tables, progress).Run(cancellationToken);
        var records = await new LogCopy(from.Log, to.Log, progress).Run(models.Select(model => model.Name), cancellationToken);
        var named = await blobs.Named(MarkBlob, cancellationToken);

        await to.Blobs.Write(MarkBlob, Encoding.ASCII.GetBytes(Done), "*", cancellationToken);
        return new MigrationReport(artifacts, entities, records, named);
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

    // A copy that was cut off has artifacts without models, and models without predictions.
    private async Task RequireWhole(CancellationToken cancellationToken)
    {
        if (await Mark(from, cancellationToken) == Copying)
            throw new MigrationException("The source is itself the target of a migration that was cut off, and not whole. Let that one end first: start it again.");
    }

    private async Task Begin(CancellationToken cancellationToken)
    {
        var mark = await Mark(to, cancellationToken);
        if (mark == Copying) return;
        // A host may have served it since.
        if (mark == Done) throw new MigrationException("The target is not empty: a migration to it has ended before, and was compared whole. For another copy choose another --prefix, account or folder.");
        if (await HoldsEntities(cancellationToken)) throw new MigrationException("The target is not empty: it holds models. Choose another --prefix, account or folder.");
        await to.Blobs.Write(MarkBlob, Encoding.ASCII.GetBytes(Copying), null, cancellationToken);
    }

    private static async Task<string?> Mark(StoreSet stores, CancellationToken cancellationToken) =>
        await stores.Blobs.Read(MarkBlob, cancellationToken) is { } mark ? Encoding.ASCII.GetString(mark.Content.Span) : null;

    private async Task<bool> HoldsEntities(CancellationToken cancellationToken)
    {
        await foreach (var table in to.Tables.Tables(cancellationToken))
            if ((await to.Tables.Query(new TableQuery(table, null, Take: 1), cancellationToken)).Entities.Count > 0) return true;
        return false;
    }
}
