using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;

namespace Perennial.Core.Governance.Retention;

/// <summary>A reference that must lead somewhere.</summary>
/// <param name="Row">The row that holds it: table, partition and row.</param>
/// <param name="What">What it is, e.g. <c>RunRecord.Report</c> or a file of a package.</param>
/// <param name="Hash">The artifact.</param>
/// <param name="IsThere">Whether the artifact is there.</param>
public sealed record KnownReference(string Row, string What, ContentHash Hash, bool IsThere);

/// <summary>
/// The references of models, versions, runs, datasets, rollouts and monitor passes, and those of the manifests they lead to. Cached results
/// are left out: a hit checks that its artifact is there.
/// </summary>
public sealed class KnownReferences(ITableStore tables, IContentStore content)
{
    /// <summary>All of them, in the order of the tables.</summary>
    public async IAsyncEnumerable<KnownReference> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var table in tables.Tables(cancellationToken))
        {
            foreach (var entity in await tables.QueryAll(new TableQuery(table, null), cancellationToken))
            {
                await foreach (var (what, hash) in Of(table, entity, cancellationToken))
                    yield return new KnownReference($"{table}/{entity.Partition}/{entity.Row}", what, hash, await content.Exists(hash, cancellationToken));
            }
        }
    }

    private async IAsyncEnumerable<(string What, ContentHash Hash)> Of(string table, TableEntity entity, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var each in In(table, entity)) yield return each;
        IEnumerable<(string, ContentHash)> more = (table, entity.Row) switch
        {
            ("registry", var row) when row.StartsWith("version-", StringComparison.Ordinal) => await Package(entity, cancellationToken),
            ("datasets", _) => In(await Find<DatasetManifest>(ContentHash.Parse(entity.Row), cancellationToken)),
            ("monitoring", var row) when row.StartsWith("pass-", StringComparison.Ordinal) =>
                In(await Find<MonitorReport>(ContentHash.Parse(entity.Properties["report"]), cancellationToken)),
            _ => [],
        };
        foreach (var each in more) yield return each;
    }

    private static IEnumerable<(string, ContentHash)> In(string table, TableEntity entity) => (table, entity.Row) switch
    {
        ("registry", "model") => In(Json<ModelRecord>(entity)),
        ("registry", var row) when row.StartsWith("version-", StringComparison.Ordinal) => In(Json<ModelVersion>(entity)),
        ("runs", "pending") => [],
        ("runs", _) => In(Json<RunRecord>(entity)),
        ("rollouts", _) => In(Json<RolloutState>(entity)),
        ("datasets", _) => Dataset(entity),
        ("monitoring", var row) when row.StartsWith("pass-", StringComparison.Ordinal) => [("MonitorReport", ContentHash.Parse(entity.Properties["report"]))],
        _ => [],
    };

    private static IEnumerable<(string, ContentHash)> Dataset(TableEntity entity)
    {
        yield return ("the dataset's manifest", ContentHash.Parse(entity.Row));
        yield return ("the dataset's columns", ContentHash.Parse(entity.Properties["columns"]));
        foreach (var part in entity.Properties["parts"].Split(',')) yield return ("a part of the dataset", ContentHash.Parse(part));
    }

    private async Task<IEnumerable<(string, ContentHash)>> Package(TableEntity entity, CancellationToken cancellationToken) =>
        await Find<PackageManifest>(Json<ModelVersion>(entity).Package, cancellationToken) is { } manifest
            ? manifest.Files.Select(file => ($"{file.Name} of the version's package", file.Content))
            : [];

    // What is missing or damaged is told by itself.
    private async Task<T?> Find<T>(ContentHash hash, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await content.GetJson<T>(hash, cancellationToken);
        }
        catch (Exception exception) when (exception is MissingContentException or DamagedContentException)
        {
            return null;
        }
    }

    private static T Json<T>(TableEntity entity) => JsonSerializer.Deserialize<T>(entity.Properties["json"], CoreJson.Options)!;

    /// <summary>Every hash that a record holds, however deep; a member that is added later is found too.</summary>
    private static IEnumerable<(string What, ContentHash Hash)> In(object? value)
    {
        if (value is null) yield break;
        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            switch (property.GetValue(value))
            {
                case ContentHash hash:
                    if (hash != default) yield return ($"{value.GetType().Name}.{property.Name}", hash);
                    break;
                case string:
                    break;
                case IEnumerable many:
                    foreach (var each in many.Cast<object?>().Where(IsOurs).SelectMany(In)) yield return each;
                    break;
                case var one when IsOurs(one):
                    foreach (var each in In(one)) yield return each;
                    break;
            }
        }
    }

    private static bool IsOurs(object? value) => value is not (null or Enum) && value.GetType().Namespace?.StartsWith("Perennial.Core", StringComparison.Ordinal) == true;
}
