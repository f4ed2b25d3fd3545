using Perennial.Azure.Blobs;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tables;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Tables;

/// <summary>Values that entities have no room for go when no entity names them any more.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ValueCollectionTests
{
    private readonly MovedClock _clock = new(DateTimeOffset.UtcNow);
    private readonly AzureStorageOptions _options;
    private readonly AzureStores _stores;

    public ValueCollectionTests(Azurite azurite)
    {
        _options = azurite.Options();
        _stores = AzureStores.Open(_options, _clock);
    }

    [Fact]
    public async Task What_was_replaced_goes_and_what_is_named_stays()
    {
        await Write("r", "one");
        await Write("r", "two");
        await Write("other", "three");
        Assert.Equal((0, 3), await Collect());

        _clock.Now += TimeSpan.FromHours(2);
        Assert.Equal((1, 2), await Collect(dryRun: true));
        Assert.Equal((1, 2), await Collect());
        Assert.Equal((0, 2), await Collect());
        Assert.Equal(Value("two"), await Read("r"));
        Assert.Equal(Value("three"), await Read("other"));
    }

    [Fact]
    public async Task What_is_written_again_stays()
    {
        await Write("r", "one");
        await Write("r", "two");
        _clock.Now += TimeSpan.FromHours(2);
        var values = new SpilledValues(new BlobContainer(new global::Azure.Storage.Blobs.BlobContainerClient(_options.ConnectionString, $"{_options.Prefix}-values")), _clock);
        using (var sweep = values.Blobs.Begin(TimeSpan.Zero))
        {
            var old = await sweep.List().Where(each => !each.IsYoung).Select(each => each.Hash).ToListAsync();
            Assert.Equal(2, old.Count);
            await foreach (var named in _stores.Tables.Moved(default)) old.Remove(named);

            // Between the look at the entities and the removal.
            await Write("other", "one");
            Assert.False(await sweep.TryRemove(Assert.Single(old)));
        }
        Assert.Equal(Value("one"), await Read("other"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_reads_an_entity_that_is_written_anew_and_collected_meanwhile_reads_the_new_one(bool byQuery)
    {
        await Write("r", "one");
        var first = true;
        using var between = new Between(async (request, send) =>
        {
            if (first && request.RequestUri!.AbsolutePath.Contains("-values/", StringComparison.Ordinal))
            {
                first = false;
                await Write("r", "two");
                _clock.Now += TimeSpan.FromHours(2);
                Assert.Equal((1, 1), await Collect());
            }
            return await send();
        });
        var reader = AzureStores.Open(_options, _clock, AppendBlobLogOptions.Default, between.Transport()).Tables;

        var read = byQuery ? (await reader.Query(new TableQuery("things", "p"))).Entities.Single() : await reader.Get("things", "p", "r");

        Assert.False(first);
        Assert.Equal(Value("two"), read!.Properties["a"]);
    }

    [Fact]
    public async Task A_value_that_is_gone_though_it_is_named_is_damage()
    {
        await Write("r", "one");
        await new global::Azure.Storage.Blobs.BlobContainerClient(_options.ConnectionString, $"{_options.Prefix}-values").DeleteAsync();
        Assert.Contains("is gone", (await Assert.ThrowsAsync<StoreDamagedException>(() => Read("r"))).Message, StringComparison.Ordinal);

        // The container is made again by who writes, also where it was there at the start.
        await Write("r", "two");
        Assert.Equal(Value("two"), await Read("r"));
    }

    private static string Value(string name) => "\uE000" + name;

    private async Task Write(string row, string name) =>
        Assert.True((await _stores.Tables.Write("things", "p", [TableOperation.Upsert(row, new Dictionary<string, string> { ["a"] = Value(name) })])).Succeeded);

    private async Task<string> Read(string row) => (await _stores.Tables.Get("things", "p", row))!.Properties["a"];

    private async Task<(int Removed, int Kept)> Collect(bool dryRun = false)
    {
        var report = await _stores.Values.Run(TimeSpan.Zero, dryRun);
        return (report.Removed, report.Kept);
    }
}
