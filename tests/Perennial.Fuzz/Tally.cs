namespace Perennial.Fuzz;

/// <summary>What became of the cases of one target, as one worker saw them.</summary>
internal sealed class Tally
{
    private readonly long[] _reached = new long[3];

    public long Cases => _reached.Sum();

    public long Allocated { get; private set; }

    public TimeSpan Slowest { get; private set; }

    public long MostAllocated { get; private set; }

    public long Of(Reach reach) => _reached[(int)reach];

    /// <summary>The share of cases that got past the first stage.</summary>
    public double Past => Cases == 0 ? 0 : 1 - Of(Reach.FirstStage) / (double)Cases;

    public void Add(in Outcome outcome)
    {
        _reached[(int)outcome.Reach]++;
        Allocated += outcome.Allocated;
        MostAllocated = Math.Max(MostAllocated, outcome.Allocated);
        if (outcome.Elapsed > Slowest) Slowest = outcome.Elapsed;
    }

    public void Add(Tally other)
    {
        for (var i = 0; i < _reached.Length; i++) _reached[i] += other._reached[i];
        Allocated += other.Allocated;
        MostAllocated = Math.Max(MostAllocated, other.MostAllocated);
        if (other.Slowest > Slowest) Slowest = other.Slowest;
    }
}
