using System.Diagnostics;

namespace Perennial.Durable.Bench.Parts;

/// <summary>Very many activities of one instance at once.</summary>
internal sealed class EngineFanOutPart : IBenchPart
{
    private const int Rounds = 5;

    public string Name => "fan-out";

    public string Title => "Engine: activities of one instance fanned out";

    public async Task Run(Section section, Scratch scratch)
    {
        section.Say("One instance calls all its activities at once, with 1 KB in and 1 KB out, and ends when all have ended.");
        section.Table("activities", "s");
        foreach (var calls in new[] { 1_000, 2_000, 5_000, 10_000 })
        {
            var seconds = new Spread();
            for (var round = 0; round < Rounds; round++)
            {
                await using var engine = await EngineBench.Open(scratch.Next("fan-out"));
                var start = Stopwatch.GetTimestamp();
                await engine.Start(EngineBench.FanOut, "one", calls);
                await engine.WhenIdle();
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                if ((await engine.Get("one"))?.Output?.GetInt32() != calls) throw new InvalidOperationException("The instance has not ended.");
            }
            section.Row($"{calls:#,0}", seconds.Show("0.00"));
        }
    }
}
