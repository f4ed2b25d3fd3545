using System.Diagnostics;

namespace Perennial.Kills.Hosts;

/// <summary>The whole exercise: hosts in parallel, kills spread over them, a summary, and whether all held.</summary>
/// <param name="Kills">How many kills in all.</param>
/// <param name="Seed">What all choices and moments are drawn from.</param>
/// <param name="Hosts">How many folders are worked side by side.</param>
/// <param name="Data">Where the folders are made; kept when something is wrong.</param>
internal sealed record KillRun(int Kills, int Seed, int Hosts, string Data)
{
    /// <summary>True when nothing was violated and the checks have shown that they can fail.</summary>
    public async Task<bool> Run()
    {
        var (tally, watch) = (new Tally(), Stopwatch.StartNew());
        Console.Error.WriteLine($"{Kills} kills of {Hosts} hosts in {Data}, seed {Seed}");
        var hosts = Enumerable.Range(1, Hosts).Select(n => new KilledHost(Path.Combine(Data, $"host-{n}"), n, HashCode(Seed, n), tally)).ToArray();
        using var progress = new Timer(_ => Console.Error.WriteLine($"  {tally.Kills} kills, {watch.Elapsed.TotalSeconds:F0} s"), null, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
        await Task.WhenAll(hosts.Select((host, i) => Task.Run(() => host.Kill(Kills / Hosts + (i < Kills % Hosts ? 1 : 0)))));
        var planted = tally.Violations.Count > 0 ? [] : await Task.WhenAll(hosts.Select(host => Task.Run(host.Settle)));
        var (seen, all) = (planted.Sum(p => p.Seen), planted.Sum(p => p.Planted));
        Print(tally, hosts, watch.Elapsed);
        var held = tally.Violations.Count == 0 && all > 0 && seen == all;
        Console.WriteLine($"  planted faults that the checks saw: {seen} of {all}");
        Console.WriteLine($"  violations: {tally.Violations.Count}; seed {Seed}; {(held ? "all held" : $"the folders are kept in {Data}")}");
        return held;
    }

    // The framework's own differs by process.
    private static int HashCode(int seed, int number) => unchecked((seed * 397) ^ (number * 7919));

    private static void Print(Tally tally, KilledHost[] hosts, TimeSpan took)
    {
        var ledgers = hosts.SelectMany(host => host.Ledgers).ToList();
        Console.WriteLine($"{tally.Kills} kills in {took.TotalSeconds:F0} s");
        tally.Print(Console.Out);
        Console.WriteLine(
            $"  acknowledged and there after every kill: {ledgers.Sum(l => l.Predictions.Acknowledged)} predictions, {ledgers.Sum(l => l.Labels.Acknowledged)} labels, "
            + $"{ledgers.Sum(l => l.Requests.Acknowledged)} requests for runs, {ledgers.Sum(l => l.Uploads.Acknowledged)} uploads, {ledgers.Sum(l => l.Promotions.Count)} promotions");
        Console.WriteLine($"  runs that ended, each once: {ledgers.Sum(l => l.Seen.EndedRuns.Count)}; versions: {ledgers.Sum(l => l.Seen.Versions.Count)}; decisions in the chains: {ledgers.Sum(l => l.Seen.LastDecision?.Sequence ?? 0)}");
    }
}
