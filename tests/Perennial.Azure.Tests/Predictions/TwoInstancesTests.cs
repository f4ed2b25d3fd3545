using System.Text.Json;
using Perennial.Azure.Tests.Support;
using Perennial.Core;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Azure.Tests.Predictions;

/// <summary>What two instances wrote, the older one last: a reader meets all of the older one's first.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TwoInstancesTests(Azurite azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2001, 2, 3, 4, 0, 0, TimeSpan.Zero);
    private readonly AzureStorageOptions _options = azurite.Options();
    private AzureStores _older = null!;
    private AzureStores _newer = null!;

    public Task InitializeAsync()
    {
        (_older, _newer) = (Open(), Open());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _older.DisposeAsync();
        await _newer.DisposeAsync();
    }

    [Fact]
    public async Task A_label_that_is_corrected_by_the_older_instance_is_the_newest()
    {
        await _older.Log.Append(LogStreams.Predictions("m"), [Prediction(Start, "id", 1)]);
        await _newer.Log.Append(LogStreams.Labels("m"), [Label(Start.AddSeconds(1), "id", "wrong")]);
        await _older.Log.Append(LogStreams.Labels("m"), [Label(Start.AddSeconds(60), "id", "corrected")]);

        await using var cold = Open();
        Assert.Equal(["corrected", "wrong"], (await cold.Log.Read(LogStreams.Labels("m"), null, 9)).Records.Select(r => JsonSerializer.Deserialize<LabelRecord>(r.Payload.Span, CoreJson.Options)!.Value));
        var row = Assert.Single(await Traffic(cold).Window("m", Start, Start.AddHours(1)));
        Assert.Equal(("wrong", "corrected"), (row.FirstLabel, row.Label));
    }

    [Fact]
    public async Task The_first_prediction_of_an_id_is_that_of_the_newer_instance_when_it_answered_first()
    {
        await _newer.Log.Append(LogStreams.Predictions("m"), [Prediction(Start.AddSeconds(1), "id", 1)]);
        await _older.Log.Append(LogStreams.Predictions("m"), [Prediction(Start.AddSeconds(60), "id", 2)]);

        await using var cold = Open();
        Assert.Equal(1, Assert.Single(await Traffic(cold).Window("m", Start, Start.AddHours(1))).Version);
    }

    private static LogRecord Prediction(DateTimeOffset at, string id, int version) => Record(at, new PredictionRecord(id, version, JsonSerializer.SerializeToElement(new { x = 1 }), [0.5]));

    private static LogRecord Label(DateTimeOffset at, string id, string value) => Record(at, new LabelRecord(id, value, "y"));

    private static LogRecord Record<T>(DateTimeOffset at, T record) => new(at, JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Options));

    private static LabelledTraffic Traffic(AzureStores stores) =>
        new(stores.Log, new ModelSpecs(new ModelRegistry(stores.Tables, TimeProvider.System), stores.Content), stores.Tables, stores.Content);

    // All blobs lie in one hour.
    private AzureStores Open() => AzureStores.Open(_options, new MovedClock(Start));
}
