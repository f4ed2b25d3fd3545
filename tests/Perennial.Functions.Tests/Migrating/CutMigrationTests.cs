using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;
using Perennial.Core.Serving;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>A migration that is killed goes on where it is started again, wherever that was, in both directions; and what may have changed meanwhile.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class CutMigrationTests(Azurite azurite) : IDisposable
{
    private readonly List<string> _folders = [];

    public void Dispose()
    {
        foreach (var folder in _folders) Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_anywhere_on_the_way_to_Azure_it_goes_on(bool lost)
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source);
        var wanted = await FilledStores.Lines(source);
        var writes = await WritesOf(source);

        foreach (var cut in CutsOf(writes))
        {
            var options = azurite.Options();
            await using (var azure = StoreSet.OfAzure(options))
                await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, cut, lost).Set).Run());
            // Another process: nothing of the first one's memory is left.
            await using var again = StoreSet.OfAzure(options);
            await new Migration(source, again).Run();
            Assert.Equal(wanted, await FilledStores.Lines(again));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_anywhere_on_the_way_back_it_goes_on(bool lost)
    {
        await using var source = StoreSet.OfAzure(azurite.Options());
        await FilledStores.Fill(source);
        var wanted = await FilledStores.Lines(source);
        var writes = await WritesOf(source);

        foreach (var cut in CutsOf(writes))
        {
            var folder = Folder();
            await using (var first = StoreSet.OfFolder(folder))
                await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(first, cut, lost).Set).Run());
            await using var again = StoreSet.OfFolder(folder);
            await new Migration(source, again).Run();
            Assert.Equal(wanted, await FilledStores.Lines(again));
        }
    }

    [Fact]
    public async Task Cut_after_the_last_write_it_says_that_all_is_there()
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source, artifacts: 3, entities: 150, records: 10);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        var writes = await WritesOf(source);
        await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, writes - 1, lost: true).Set).Run());

        Assert.Contains("has ended before", (await Assert.ThrowsAsync<MigrationException>(() => new Migration(source, azure).Run())).Message, StringComparison.Ordinal);
        Assert.Equal(await FilledStores.Lines(source), await FilledStores.Lines(azure));
    }

    [Fact]
    public async Task What_the_source_gains_between_two_attempts_is_taken_over()
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source);
        var options = azurite.Options();
        var writes = await WritesOf(source);
        await using (var azure = StoreSet.OfAzure(options))
            await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, writes - 4, lost: true).Set).Run());

        await FilledStores.Put(source, "one more");
        await source.Tables.Write("cache", "many", [TableOperation.Replace("row-00003", Json("changed"), "*"), TableOperation.Insert("row-99999", Json("new"))]);
        await source.Tables.Write("another", "p", [TableOperation.Insert("r", Json("new"))]);
        await FilledStores.Append(source, LogStreams.Predictions(FilledStores.Model), 5_000, 1_500);
        await using var again = StoreSet.OfAzure(options);
        await new Migration(source, again).Run();

        Assert.Equal(await FilledStores.Lines(source), await FilledStores.Lines(again));
        // It names places in the source's log, which are others in the target's.
        Assert.Empty((await again.Tables.Query(new TableQuery(LabelledTraffic.Table, null))).Entities);
    }

    [Fact]
    public async Task A_target_that_a_host_wrote_to_between_two_attempts_is_refused_and_left_as_it_is()
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source, artifacts: 3, entities: 150, records: 10);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        var writes = await WritesOf(source);
        await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, writes - 2, lost: false).Set).Run());
        await azure.Tables.Write("cache", "many", [TableOperation.Replace("row-00001", Json("a host's"), "*"), TableOperation.Insert("row-88888", Json("a host's"))]);

        var refused = await Assert.ThrowsAsync<MigrationException>(() => new Migration(source, azure).Run());

        Assert.Contains("'many' 'row-88888'", refused.Message, StringComparison.Ordinal);
        Assert.Equal("a host's", (await azure.Tables.Get("cache", "many", "row-00001"))!.Properties["json"]);
    }

    [Fact]
    public async Task Predictions_that_a_host_wrote_to_the_target_are_not_mixed_with_the_sources()
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source, artifacts: 3, entities: 150, records: 10);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, 1, lost: false).Set).Run());
        await FilledStores.Append(azure, LogStreams.Labels(FilledStores.Model), 700, 1);

        Assert.Contains("labels/churn", (await Assert.ThrowsAsync<MigrationException>(() => new Migration(source, azure).Run())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_was_cut_off_is_no_source()
    {
        await using var source = StoreSet.OfFolder(Folder());
        await FilledStores.Fill(source, artifacts: 3, entities: 150, records: 10);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        await Assert.ThrowsAsync<IOException>(() => new Migration(source, new CutStores(azure, 2, lost: false).Set).Run());
        await using var back = StoreSet.OfFolder(Folder());

        Assert.Contains("cut off", (await Assert.ThrowsAsync<MigrationException>(() => new Migration(azure, back).Run())).Message, StringComparison.Ordinal);
        Assert.Empty(await FilledStores.Lines(back));
    }

    [Fact]
    public async Task More_artifacts_than_a_listing_has_room_for_come_back_whole()
    {
        var options = azurite.Options();
        await using var azure = StoreSet.OfAzure(options);
        await FilledStores.Fill(azure, artifacts: 1, entities: 10, records: 1);
        // A page of a listing is 5,000 blobs. They are put past the store, which asks for each first; an earlier attempt has copied most.
        await using var back = StoreSet.OfFolder(Folder());
        var container = new BlobContainerClient(azurite.ConnectionString, $"{options.Prefix}-content");
        await Parallel.ForEachAsync(Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, ct) =>
        {
            var bytes = BitConverter.GetBytes(i);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            await container.UploadBlobAsync($"{hash[..2]}/{hash[2..]}", new BinaryData(bytes), ct);
            if (string.CompareOrdinal(hash, "fe") < 0) await back.Content.Put(new MemoryStream(bytes), ct);
        });
        var missing = 5_001 - await back.Content.List().CountAsync();

        var report = await new Migration(azure, back).Run();

        Assert.InRange(missing, 2, 200);
        Assert.Equal(5_001, report.Artifacts);
        Assert.Equal(5_001, await back.Content.List().CountAsync());
    }

    // After the first mark, among the artifacts, at both ends of the entities, among the records, before the last mark, whose loss is told below.
    private static IEnumerable<int> CutsOf(int writes)
    {
        Assert.True(writes > 80, $"Only {writes} writes.");
        return [1, 30, 61, 75, writes - 9, writes - 6, writes - 2];
    }

    private async Task<int> WritesOf(StoreSet source)
    {
        await using var target = StoreSet.OfAzure(azurite.Options());
        var counted = new CutStores(target, int.MaxValue, lost: false);
        await new Migration(source, counted.Set).Run();
        return counted.Writes;
    }

    private static Dictionary<string, string> Json(string value) => new() { ["json"] = value };

    private string Folder()
    {
        _folders.Add(Directory.CreateTempSubdirectory("perennial-cut-").FullName);
        return _folders[^1];
    }
}
