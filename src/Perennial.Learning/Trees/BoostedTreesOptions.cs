namespace Perennial.Learning.Trees;

/// <summary>How boosted trees are grown.</summary>
public sealed record BoostedTreesOptions
{
    /// <summary>More leaves than this no tree may have.</summary>
    public const int MostLeaves = 65_536;

    /// <summary>The most rounds; a round grows one tree an output.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>The most leaves a tree, 2 to <see cref="MostLeaves"/>.</summary>
    public int Leaves { get; init; } = 31;

    /// <summary>What every leaf's value is multiplied with.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Added to a leaf's sum of hessians: shrinks leaves with little evidence.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>What a regression lowers; classes have the log loss.</summary>
    public RegressionLoss Loss { get; init; }

    /// <summary>Which quantile <see cref="RegressionLoss.Quantile"/> predicts, above 0 and below 1.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>What the weights of a class's rows are multiplied with, in the order of the classes; empty when all count as they are.</summary>
    public IReadOnlyList<double> ClassWeights { get; init; } = [];

    /// <summary>How far a leaf's sum of gradients is moved towards 0: leaves with little to say stay at 0.</summary>
    public double L1 { get; init; }

    /// <summary>The least sum of hessians a leaf.</summary>
    public double MinChildWeight { get; init; } = 1e-3;

    /// <summary>The least number of rows a leaf.</summary>
    public int MinChildRows { get; init; } = 20;

    /// <summary>The most bins of values a numeric feature, 2 to 255; missing has one more of its own.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>
    /// Added to a level's sum of hessians where levels are sorted by gradient over hessian: keeps levels with few rows in the middle.
    /// </summary>
    public double LevelSmoothing { get; init; } = 1;

    /// <summary>
    /// Whether a split on levels may send a whole set of them one way; else it parts one level from the rest, which fits little data less closely.
    /// </summary>
    public bool LevelSets { get; init; } = true;

    /// <summary>A level with fewer rows in a node is not judged there: it goes right with all that are unknown.</summary>
    public int MinLevelRows { get; init; } = 20;

    /// <summary>
    /// Feature by feature 1 where the margin must not fall as the feature rises, -1 where it must not rise, 0 where it is free; empty when
    /// all are free. Not for several classes, nor for features of levels. Missing values are free.
    /// </summary>
    public IReadOnlyList<int> Monotone { get; init; } = [];

    /// <summary>The share of rows each round grows its trees on, above 0 and at most 1.</summary>
    public double RowSampling { get; init; } = 1;

    /// <summary>The share of features each tree may use, above 0 and at most 1; at least one is used.</summary>
    public double ColumnSampling { get; init; } = 1;

    /// <summary>Stops after so many rounds without a lower loss on the validation rows; 0 never stops early.</summary>
    public int EarlyStoppingRounds { get; init; } = 30;

    /// <summary>
    /// Whether rows that fall into the same bins are taken together, which is exact for log loss of two classes and squared loss, and much
    /// faster where there are many such; never where rows are sampled. Null leaves it to the rows. The last bits of a model depend on it.
    /// </summary>
    public bool? Collapse { get; init; }

    /// <summary>The seed of sampling.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many threads may work; 0 is one a processor. The model never depends on it.</summary>
    public int Threads { get; init; }

    /// <summary>Whether gradients are packed; null leaves it to the rows. For tests: the model depends on it.</summary>
    internal bool? Packed { get; init; }

    /// <summary>Says which option is impossible.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Rounds);
        Within(Leaves, 2, MostLeaves, nameof(Leaves));
        Within(LearningRate, double.Epsilon, double.MaxValue, nameof(LearningRate));
        Within(L2, 0, double.MaxValue, nameof(L2));
        Within(Quantile, double.Epsilon, 1 - 1e-9, nameof(Quantile));
        foreach (var weight in ClassWeights) Within(weight, 0, double.MaxValue, nameof(ClassWeights));
        Within(L1, 0, double.MaxValue, nameof(L1));
        Within(LevelSmoothing, 0, double.MaxValue, nameof(LevelSmoothing));
        ArgumentOutOfRangeException.ThrowIfNegative(MinLevelRows);
        foreach (var direction in Monotone) Within(direction, -1, 1, nameof(Monotone));
        Within(MinChildWeight, 0, double.MaxValue, nameof(MinChildWeight));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinChildRows);
        Within(MaxBins, 2, 255, nameof(MaxBins));
        Within(RowSampling, double.Epsilon, 1, nameof(RowSampling));
        Within(ColumnSampling, double.Epsilon, 1, nameof(ColumnSampling));
        ArgumentOutOfRangeException.ThrowIfNegative(EarlyStoppingRounds);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }

    private static void Within(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in {low:R} to {high:R}.");
    }
}
