using System.Diagnostics;

namespace Perennial.Durable.Bench.Parts;

/// <summary>Activity completions from end to end: asked for durably, run, the result durable, the code gone on.</summary>
internal sealed class EngineRatePart : IBenchPart
{
    private const int Rounds = 5;

    public string Name => "engine";

    public string Title => "Engine: activity completions end to end";

    public async Task Run(Section section, Scratch scratch)
    {
        section.Say("Each instance calls activities that return at once, one after another, with 1 KB in and 1 KB out, under the default options; the time is from the first start to the end of the last instance.");
        section.Table("instances", "activities of each", "completions/s", "raw fdatasync/s", "completions a raw sync");
        foreach (var (instances, calls) in new[] { (1, 400), (16, 200), (64, 200), (128, 100), (256, 50), (640, 40) })
        {
            var (rate, raw, ratio) = (new Spread(), new Spread(), new Spread());
            for (var round = 0; round < Rounds; round++)
            {
                var before = scratch.Raw.Rate(1024, 0.3);
                var measured = await Measure(scratch.Next("engine"), instances, calls);
                var mean = (before + scratch.Raw.Rate(1024, 0.3)) / 2;
                rate.Add(measured);
                raw.Add(mean);
                ratio.Add(measured / mean);
            }
            section.Row($"{instances}", $"{calls}", rate.Show(), raw.Show(), ratio.Show("0.0"));
        }
    }

    private static async Task<double> Measure(string folder, int instances, int calls)
    {
        await using var engine = await EngineBench.Open(folder);
        var start = Stopwatch.GetTimestamp();
        await EngineBench.Start(engine, EngineBench.Chain, "chain", instances, calls);
        await engine.WhenIdle();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if ((await engine.Get($"chain-{instances - 1:D7}"))?.Output?.GetInt32() != calls) throw new InvalidOperationException("An instance has not ended.");
        return instances * calls / seconds;
    }
}
