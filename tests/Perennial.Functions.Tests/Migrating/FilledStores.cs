using System.Security.Cryptography;
using System.Text;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>Stores that hold more than one page, one batch and one block of everything, and what stores hold, for comparison.</summary>
internal static class FilledStores
{
    public const string Model = "churn";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

    /// <summary>Artifacts, entities of several partitions, predictions, labels and named blobs.</summary>
    public static async Task Fill(StoreSet stores, int artifacts = 60, int entities = 2_300, int records = 2_200)
    {
        var spec = await Put(stores, "the spec");
        Assert.True((await new ModelRegistry(stores.Tables, TimeProvider.System).PutModel(Model, spec, "a test")).Succeeded);
        for (var i = 1; i < artifacts; i++) await Put(stores, $"artifact {i}");
        // 1,050 in one partition are more than a page and eleven batches; one has a value for which a table has no room.
        foreach (var batch in Enumerable.Range(0, entities).GroupBy(i => i < 1_050 ? "many" : $"p{i % 7}").SelectMany(partition => partition.Chunk(100).Select(rows => (partition.Key, Rows: rows))))
            await stores.Tables.Write("cache", batch.Key, [.. batch.Rows.Select(i => TableOperation.Insert($"row-{i:D5}", new Dictionary<string, string> { ["json"] = new('x', i % 900), ["größe"] = $"{i}" }))]);
        await stores.Tables.Write("cache", "big", [TableOperation.Insert("value", new Dictionary<string, string> { ["json"] = new('ü', 30_000), ["empty"] = "" })]);
        await stores.Tables.Write(LabelledTraffic.Table, Model, [TableOperation.Insert("sealed", new Dictionary<string, string> { ["manifest"] = "of this log" })]);
        await Append(stores, LogStreams.Predictions(Model), 0, records);
        await Append(stores, LogStreams.Labels(Model), 0, 5);
        for (var i = 0; i < 3; i++) Assert.NotNull(await stores.Blobs.Write($"some/blob-{i}", RandomNumberGenerator.GetBytes(500), null));
    }

    public static async Task<ContentHash> Put(StoreSet stores, string text) => await stores.Content.Put(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    public static Task Append(StoreSet stores, string stream, int from, int count) =>
        stores.Log.Append(stream, [.. Enumerable.Range(from, count).Select(i => new LogRecord(Start.AddSeconds(i), Encoding.UTF8.GetBytes($"record {i}")))]);

    /// <summary>Everything, a line each, read without the migration's own code. Its mark is left out, and what belongs to one log's cursors.</summary>
    public static async Task<List<string>> Lines(StoreSet stores)
    {
        var lines = new List<string>();
        await foreach (var hash in stores.Content.List())
        {
            using var content = (await stores.Content.Open(hash))!;
            var bytes = new MemoryStream();
            await content.CopyToAsync(bytes);
            lines.Add($"{hash} {Convert.ToHexString(SHA256.HashData(bytes.ToArray()))}");
        }
        await foreach (var table in stores.Tables.Tables().Where(name => name != LabelledTraffic.Table))
            foreach (var entity in await stores.Tables.QueryAll(new TableQuery(table, null)))
                lines.Add($"{table} {entity.Partition} {entity.Row} {string.Join(',', entity.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))}");
        foreach (var stream in new[] { LogStreams.Predictions(Model), LogStreams.Labels(Model) })
        {
            string? cursor = null;
            while (await stores.Log.Read(stream, cursor, 700) is { Records.Count: > 0 } page)
            {
                lines.AddRange(page.Records.Select(record => $"{stream} {record.Time:O} {Encoding.UTF8.GetString(record.Payload.Span)}"));
                cursor = page.Cursor;
            }
        }
        await foreach (var name in stores.Blobs.List(""))
            if (name != "migration") lines.Add($"{name} {Convert.ToHexString((await stores.Blobs.Read(name))!.Content.Span)}");
        return lines;
    }
}
