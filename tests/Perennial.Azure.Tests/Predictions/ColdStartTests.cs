using System.Text.Json;
using Perennial.Azure.Tests.Support;
using Perennial.Core;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Azure.Tests.Predictions;

/// <summary>What an instance that has just started reads of a long log.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ColdStartTests(Azurite azurite)
{
    private const int Rows = 60_000;
    private static readonly DateTimeOffset Start = new(2001, 2, 3, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_instance_that_starts_cold_reads_little_of_the_log()
    {
        var options = azurite.Options();
        await using (var stores = AzureStores.Open(options, TimeProvider.System))
        {
            for (var from = 0; from < Rows; from += 10_000) await stores.Log.Append(LogStreams.Predictions("m"), [.. Enumerable.Range(from, 10_000).Select(Prediction)]);
            await Traffic(stores, stores.Log).CountUnknown("m", []);
        }

        await using var cold = AzureStores.Open(options, TimeProvider.System);
        var log = new CountedLog(cold.Log);
        var traffic = Traffic(cold, log);
        Assert.Equal(1, await traffic.CountUnknown("m", ["00000007", "00059999", "unheard"]));
        Assert.Equal(10, (await traffic.Window("m", Start.AddSeconds(100), Start.AddSeconds(110))).Count);
        Assert.InRange(log.Read, 0, 20_000);
    }

    private static LabelledTraffic Traffic(AzureStores stores, IPredictionLog log) =>
        new(log, new ModelSpecs(new ModelRegistry(stores.Tables, TimeProvider.System), stores.Content), stores.Tables, stores.Content);

    private static LogRecord Prediction(int i) => new(
        Start.AddSeconds(i), JsonSerializer.SerializeToUtf8Bytes(new PredictionRecord($"{i:D8}", 1, JsonSerializer.SerializeToElement(new { speed = i }), [0.5]), CoreJson.Options));

    private sealed class CountedLog(IPredictionLog log) : IPredictionLog
    {
        public int Read { get; private set; }

        public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default) => log.Append(stream, records, cancellationToken);

        async Task<LogPage> IPredictionLog.Read(string stream, string? cursor, int take, CancellationToken cancellationToken)
        {
            var page = await log.Read(stream, cursor, take, cancellationToken);
            Read += page.Records.Count;
            return page;
        }
    }
}
