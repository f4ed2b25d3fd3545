namespace Perennial.Core.Pipelines.Spec;

/// <summary>What a version must pass before it is registered.</summary>
public sealed record GatesSpec
{
    /// <summary>By metric, the worst value allowed on the test rows.</summary>
    public IReadOnlyDictionary<string, double> Floor { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether it must beat the baseline candidate on the test rows.</summary>
    public bool BetterThanBaseline { get; init; } = true;

    /// <summary>Whether it must beat the champion on the same test rows.</summary>
    public bool BetterThanChampion { get; init; } = true;

    /// <summary>By how much, in the metric's unit.</summary>
    public double MinImprovement { get; init; }

    /// <summary>A single feature that predicts the held-out label at least this well (AUC, or R2 for regression) is a leak and stops the run, unless dropped or allowed.</summary>
    public double Leakage { get; init; } = 0.98;

    /// <summary>What happens to a leaking feature.</summary>
    public LeakagePolicy OnLeakage { get; init; } = LeakagePolicy.Drop;

    /// <summary>Features that predict nearly alone and are yet known to be fair.</summary>
    public IReadOnlyList<string> AllowedLeaks { get; init; } = [];
}

/// <summary>What happens to a leaking feature.</summary>
public enum LeakagePolicy
{
    /// <summary>It is left out, named with its evidence, and the run goes on.</summary>
    Drop,

    /// <summary>The run ends rejected and names it.</summary>
    Reject,
}
