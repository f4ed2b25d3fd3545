using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Perennial.Azure.Tables;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Tables;

/// <summary>What the port allows and Azure Tables has no room for.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class SpillTests
{
    private readonly AzureStorageOptions _options;
    private readonly AzureTableStore _tables;

    public SpillTests(Azurite azurite)
    {
        _options = azurite.Options();
        _tables = AzureStores.Open(_options, TimeProvider.System).Tables;
    }

    [Fact]
    public async Task An_entity_that_only_Azures_own_measure_finds_too_large_comes_back_whole()
    {
        // 1 MiB to the byte by the port's measure.
        var properties = Enumerable.Range(0, 16).ToDictionary(i => $"p{i:D2}", i => new string((char)('a' + i), i == 15 ? 32768 - 48 : 32768));
        await Comes_back(properties);
        // Azurite takes more than Azure, so that coming back shows nothing of the size.
        Assert.Equal(1, await Moved());
    }

    [Fact]
    public async Task What_there_is_room_for_stays_in_the_entity()
    {
        await Comes_back(new() { ["a"] = new string('x', 32768), ["b"] = "" });
        Assert.Equal(0, await Moved());
    }

    [Fact]
    public async Task A_batch_whose_characters_take_many_bytes_each_comes_back_whole()
    {
        var properties = Enumerable.Range(0, 15).ToDictionary(i => $"p{i}", _ => new string('✓', 32000));
        TableOperation[] batch = [.. Enumerable.Range(0, 4).Select(i => TableOperation.Insert($"r{i}", properties))];
        Assert.True((await _tables.Write("things", "p", batch)).Succeeded);
        for (var i = 0; i < 4; i++) Assert.Equal(properties, (await _tables.Get("things", "p", $"r{i}"))!.Properties);
        Assert.Equal(1, await Moved());
    }

    [Fact]
    public Task A_value_that_looks_like_a_moved_one_comes_back() => Comes_back(new() { ["a"] = "\uE000abc", ["b"] = "\uE000" });

    [Fact]
    public Task Names_that_Azure_does_not_take_come_back() =>
        Comes_back(new() { ["PartitionKey"] = "1", ["timestamp"] = "2", ["a-b"] = "3", ["1"] = "4", ["ü"] = "5", ["x_61"] = "6", ["odata.etag"] = "7", [""] = "0", [new string('ü', 60)] = "8", [new string('n', 120)] = "9" });

    private async Task<int> Moved()
    {
        var container = new BlobContainerClient(_options.ConnectionString, $"{_options.Prefix}-values");
        return await container.ExistsAsync() ? await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, default).CountAsync() : 0;
    }

    private async Task Comes_back(Dictionary<string, string> properties)
    {
        Assert.True((await _tables.Write("things", "p", [TableOperation.Insert("r", properties)])).Succeeded);
        Assert.Equal(properties, (await _tables.Get("things", "p", "r"))!.Properties);
        Assert.Equal(properties, (await _tables.Query(new TableQuery("things", "p"))).Entities.Single().Properties);
    }
}
