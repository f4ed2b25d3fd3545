using Perennial.Core.Ports;
using Perennial.Local.Storage.Predictions;

namespace Perennial.Durable.Bench.Parts;

/// <summary>The prediction log by streams and writers.</summary>
internal sealed class PredictionsPart : IBenchPart
{
    private static readonly int[] Streams = [1, 4, 16];

    public string Name => "predictions";

    public string Title => "Prediction log: appends of one record of 1 KB, writers spread over streams";

    public async Task Run(Section section, Scratch scratch)
    {
        var payload = new byte[1024];
        Random.Shared.NextBytes(payload);
        var record = new LogRecord(DateTimeOffset.UnixEpoch, payload);
        foreach (var streams in Streams)
        {
            using var log = new PredictionLogFolder(scratch.Next("predictions"));
            section.Say(streams == 1 ? "One stream:" : $"{streams} streams:");
            await new GroupRates(section, scratch, payload.Length).Measure([.. new[] { 1, 16, 64 }.Where(writers => writers == 1 || writers >= streams)],
                (writer, _) => log.Append($"predictions/model-{writer % streams}", [record]));
        }
    }
}
