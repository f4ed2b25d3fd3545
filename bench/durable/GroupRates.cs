namespace Perennial.Durable.Bench;

/// <summary>Rates of group commit by number of writers, each round between two measurements of the disk itself.</summary>
internal sealed class GroupRates(Section section, Scratch scratch, int payloadBytes)
{
    private const int Rounds = 7;
    private const double RoundSeconds = 1;
    private const double RawSeconds = 0.4;

    /// <summary>Measures all numbers of writers in turn, round after round, and writes the table.</summary>
    public async Task Measure(int[] writers, Func<int, int, Task> write)
    {
        var (raw, rates, ratios) = (Spreads(writers), Spreads(writers), Spreads(writers));
        foreach (var count in writers) await Writers.Rate(count, 0.3, write);
        for (var round = 0; round < Rounds; round++)
        {
            section.Progress($"round {round + 1} of {Rounds}");
            var before = scratch.Raw.Rate(payloadBytes, RawSeconds);
            foreach (var count in writers)
            {
                var rate = await Writers.Rate(count, RoundSeconds, write);
                var after = scratch.Raw.Rate(payloadBytes, RawSeconds);
                raw[count].Add((before + after) / 2);
                rates[count].Add(rate);
                ratios[count].Add(rate / (count * (before + after) / 2));
                before = after;
            }
        }
        section.Table("writers", "raw fdatasync/s", "acknowledged writes/s", "over writers x raw");
        foreach (var count in writers) section.Row($"{count}", raw[count].Show(), rates[count].Show(), ratios[count].Show("0.00"));
    }

    private static Dictionary<int, Spread> Spreads(int[] writers) => writers.ToDictionary(count => count, _ => new Spread());
}
