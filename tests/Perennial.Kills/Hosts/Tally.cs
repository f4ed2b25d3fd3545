using Perennial.Kills.Work;

namespace Perennial.Kills.Hosts;

/// <summary>What the kills hit, over all hosts. Safe for concurrent use.</summary>
internal sealed class Tally
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<Phase, int> _phases = [];
    private readonly SortedDictionary<string, int> _stages = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly List<TimeSpan> _starts = [];
    private readonly List<TimeSpan> _looks = [];
    private readonly List<string> _violations = [];

    public int Kills { get; private set; }

    /// <summary>How long starts take at the median; a guess before the first.</summary>
    public TimeSpan StartUp
    {
        get { lock (_gate) return _starts.Count == 0 ? TimeSpan.FromMilliseconds(300) : Median(_starts); }
    }

    public IReadOnlyList<string> Violations
    {
        get { lock (_gate) return [.. _violations]; }
    }

    public void Killed(IEnumerable<Phase> phases, IEnumerable<string> stages)
    {
        lock (_gate)
        {
            Kills++;
            foreach (var phase in phases) _phases[phase] = _phases.GetValueOrDefault(phase) + 1;
            foreach (var stage in stages) _stages[stage] = _stages.GetValueOrDefault(stage) + 1;
        }
    }

    public void Started(TimeSpan took)
    {
        lock (_gate) _starts.Add(took);
    }

    /// <summary>How long it took to check the folder of a dead host.</summary>
    public void Looked(TimeSpan took)
    {
        lock (_gate) _looks.Add(took);
    }

    public void Refused(IReadOnlyDictionary<string, int> refusals)
    {
        lock (_gate)
            foreach (var (code, count) in refusals) _refusals[code] = _refusals.GetValueOrDefault(code) + count;
    }

    public void Violated(IEnumerable<string> violations)
    {
        lock (_gate)
            foreach (var violation in violations)
            {
                _violations.Add(violation);
                Console.Error.WriteLine($"VIOLATION {violation}");
            }
    }

    public void Print(TextWriter to)
    {
        lock (_gate)
        {
            to.WriteLine($"  kills by what they hit: {Words(_phases)}");
            to.WriteLine($"  kills by the stage that ran: {Words(_stages)}");
            to.WriteLine($"  refusals: {Words(_refusals)}");
            to.WriteLine($"  start-up: median {StartUp.TotalMilliseconds:F0} ms of {_starts.Count}");
            if (_looks.Count > 0) to.WriteLine($"  looks at dead folders, each with fsck: median {Median(_looks).TotalMilliseconds:F0} ms, {_looks.Sum(look => look.TotalSeconds):F0} s in all");
        }
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static string Words<T>(IEnumerable<KeyValuePair<T, int>> counts) =>
        string.Join(", ", counts.Select(c => $"{c.Key!.ToString()!.ToLowerInvariant()} {c.Value}")) is { Length: > 0 } words ? words : "none";
}
