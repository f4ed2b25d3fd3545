using System.Diagnostics;

namespace Perennial.Fuzz;

/// <summary>Says how far the cases of each target got, and what was found.</summary>
internal static class FuzzReport
{
    /// <summary>Mutations that all die in the header test nothing but the header.</summary>
    private const double LeastPast = 0.3;

    /// <summary>What a process that reads small inputs one after another may ever hold, native memory included.</summary>
    private const long MostResident = 1L << 30;

    /// <summary>What may be left on the managed heap when every input has been let go: the whole inputs that mutations begin with.</summary>
    private const long MostHeld = 64 << 20;

    /// <summary>Writes the report; true when there is nothing to complain about.</summary>
    public static bool Write(TextWriter to, IReadOnlyList<IFuzzTarget> targets, FuzzRun run, ulong seed, TimeSpan elapsed)
    {
        var total = new Tally();
        var good = true;
        for (var t = 0; t < targets.Count; t++)
        {
            var tally = run.Of(t);
            total.Add(tally);
            Line(to, targets[t].Name, tally);
            to.WriteLine($"    first stage: {targets[t].FirstStage}");
            if (tally.Cases == 0 || tally.Past >= LeastPast) continue;
            to.WriteLine($"    FAILED: less than {LeastPast:0 %} got past the first stage");
            good = false;
        }
        Line(to, "all", total);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var held = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        to.WriteLine($"seed {seed}; {elapsed.TotalSeconds:0} s wall, {self.UserProcessorTime.TotalSeconds:0} s user; at most {self.PeakWorkingSet64 / 1e6:0} MB resident, "
            + $"{held / 1e6:0} MB held at the end");
        if (self.PeakWorkingSet64 > MostResident)
        {
            to.WriteLine($"FAILED: more than {MostResident / 1e6:0} MB resident");
            good = false;
        }
        if (held > MostHeld)
        {
            to.WriteLine($"FAILED: more than {MostHeld / 1e6:0} MB held at the end: something is never let go");
            good = false;
        }
        return Findings(to, targets, run, seed) && good;
    }

    private static void Line(TextWriter to, string name, Tally tally) => to.WriteLine(
        $"{name}: {tally.Cases:N0} cases, {tally.Past:0.0 %} past the first stage ({tally.Of(Reach.FirstStage):N0} refused there, {tally.Of(Reach.Beyond):N0} refused "
        + $"later, {tally.Of(Reach.Whole):N0} read whole); {tally.Allocated / Math.Max(1, tally.Cases) / 1e3:0} kB a case, "
        + $"at most {tally.MostAllocated / 1e6:0.0} MB; slowest {tally.Slowest.TotalMilliseconds:0} ms");

    private static bool Findings(TextWriter to, IReadOnlyList<IFuzzTarget> targets, FuzzRun run, ulong seed)
    {
        foreach (var group in run.Findings.GroupBy(f => f.Key).Take(10))
        {
            var finding = group.First();
            var only = targets.Count == 1 ? $"--target {targets[0].Name} " : "";
            var number = finding.Case.Number * targets.Count + targets.ToList().IndexOf(finding.Case.Target);
            to.WriteLine($"FAILED: {finding.Case.Target.Name} ({group.Count():N0} cases): {finding.What}");
            to.WriteLine($"    again: dotnet run -c Release --project tests/Perennial.Fuzz -- {only}--seed {seed} --first {number} --cases 1");
            if (finding.Trace is { } trace) to.WriteLine(trace);
        }
        to.WriteLine(run.Findings.Count == 0 ? "nothing found" : $"{run.Findings.Count:N0} cases found");
        return run.Findings.Count == 0;
    }
}
