using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Local.Maintenance.Check;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Tables;

namespace Perennial.Kills.Checks;

/// <summary>
/// Looks into the folder of a dead host. All but the artifacts is copied first and the copies opened, since opening repairs: the host
/// itself must meet its folder as the kill left it.
/// </summary>
internal sealed class DeadFolder(string folder, string scratch)
{
    private const string ArtifactsName = "artifacts";

    /// <summary>Its artifacts.</summary>
    public ArtifactsOnDisk Artifacts { get; } = new(Path.Combine(folder, ArtifactsName));

    /// <summary>The largest segment of a store's log.</summary>
    /// <param name="store">The store's folder.</param>
    public string LargestSegment(string store) =>
        Directory.EnumerateFiles(Path.Combine(folder, store), "*.seg", SearchOption.AllDirectories).MaxBy(path => new FileInfo(path).Length)!;

    /// <summary>
    /// What <c>perennial fsck</c> finds broken in the whole folder, the engine's log included. It gets a copy of everything but the artifacts:
    /// the host must not even meet another owner in its lock.
    /// </summary>
    public async Task<IReadOnlyList<string>> Fsck()
    {
        // A kill may come before the host has begun its folder.
        if (!File.Exists(Path.Combine(folder, "format.json")) && !Directory.Exists(Path.Combine(folder, "tables"))) return [];
        CopyStores();
        if (Directory.Exists(Path.Combine(folder, ArtifactsName)))
            Directory.CreateSymbolicLink(Path.Combine(scratch, ArtifactsName), Path.Combine(folder, ArtifactsName));
        var report = await FolderCheck.Run(scratch);
        return [.. report.Findings.Select(found => $"fsck finds {found.Kind} in {found.File}{(found.Offset is { } offset ? $" at byte {offset}" : "")}: {found.What}")];
    }

    /// <summary>What is there of the models; empty views where a model is not there yet.</summary>
    /// <param name="models">The models.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <param name="anew">Whether to read every artifact again.</param>
    /// <exception cref="CorruptStoreException">A store is damaged.</exception>
    public async Task<IReadOnlyList<ModelView>> Look(IReadOnlyList<string> models, string source, bool anew = false)
    {
        CopyStores();
        using var tables = new TableJournal(Path.Combine(scratch, "tables"));
        using var log = new PredictionLogFolder(Path.Combine(scratch, "predictions"));
        var broken = Artifacts.FindBroken(await References(tables), anew);
        var views = new List<ModelView>();
        // What is broken is told once, with the first model.
        foreach (var model in models) views.Add(await Look(model, source, tables, log, views.Count == 0 ? broken : []));
        return views;
    }

    /// <summary>Copies a folder with all that is in it, or with those parts that are asked for.</summary>
    public static void Copy(string from, string to, Func<string, bool>? asksFor = null)
    {
        foreach (var file in Directory.Exists(from) ? Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories) : [])
        {
            var name = Path.GetRelativePath(from, file);
            if (asksFor?.Invoke(name.Split(Path.DirectorySeparatorChar)[0]) == false) continue;
            var copy = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private void CopyStores()
    {
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        Copy(folder, scratch, part => part != ArtifactsName);
    }

    private static async Task<ModelView> Look(string model, string source, TableJournal tables, PredictionLogFolder log, IReadOnlyList<string> broken)
    {
        var registry = new ModelRegistry(tables, TimeProvider.System);
        var rows = await tables.QueryAll(new TableQuery("runs", model));
        var runs = rows.Where(row => char.IsAsciiDigit(row.Row[0])).Select(Read<RunRecord>).ToList();
        var pending = rows.Where(row => row.Row == "pending").Select(Read<PendingRow>).FirstOrDefault()?.Pending ?? [];
        var verified = await registry.VerifyAudit(model);
        return new ModelView(
            source,
            (await registry.FindModel(model))?.SpecRevision ?? 0,
            runs,
            pending,
            await registry.ListVersions(model),
            await registry.ListAliases(model),
            await registry.Audit(model, 0, int.MaxValue),
            verified.Break,
            [.. (await tables.QueryAll(new TableQuery("datasets", model))).Select(row => ContentHash.Parse(row.Row))],
            new LogView(await Read<PredictionRecord>(log, LogStreams.Predictions(model)), await Read<LabelRecord>(log, LogStreams.Labels(model))),
            broken);
    }

    // Hashes of decisions name decisions, not artifacts.
    private static async Task<IReadOnlyList<(string Hash, string By)>> References(TableJournal tables)
    {
        var references = new List<(string, string)>();
        await foreach (var table in tables.Tables())
            foreach (var row in (await tables.QueryAll(new TableQuery(table, null))).Where(row => !row.Row.StartsWith("audit", StringComparison.Ordinal)))
            {
                var by = $"row {table}/{row.Partition}/{row.Row}";
                if (table == "datasets") references.Add((row.Row, by));
                foreach (var text in row.Properties.Values)
                    references.AddRange(ArtifactsOnDisk.Hashes(text).Select(hash => (hash, by)));
            }
        return references;
    }

    private static async Task<IReadOnlyList<T>> Read<T>(PredictionLogFolder log, string stream)
    {
        var records = new List<T>();
        var page = await log.Read(stream, null, 10_000);
        while (page.Records.Count > 0)
        {
            records.AddRange(page.Records.Select(record => JsonSerializer.Deserialize<T>(record.Payload.Span, CoreJson.Options)!));
            page = await log.Read(stream, page.Cursor, 10_000);
        }
        return records;
    }

    private static T Read<T>(TableEntity row) => JsonSerializer.Deserialize<T>(row.Properties["json"], CoreJson.Options)!;

    private sealed record PendingRow(IReadOnlyList<RunTrigger> Pending);
}
