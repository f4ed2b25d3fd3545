namespace Perennial.Learning.Features;

/// <summary>For which kind of learner features are made.</summary>
public enum FeatureStyle
{
    /// <summary>Numbers as they are with missing as NaN, and one code a level: for learners that split.</summary>
    Trees,

    /// <summary>Imputed and scaled numbers, and one feature a level: for learners that add.</summary>
    Linear,
}

/// <summary>What stands in for a missing number before scaling.</summary>
public enum NumericFill
{
    /// <summary>The lower median of the training rows: one wild value does not move it.</summary>
    Median,

    /// <summary>The mean of the training rows.</summary>
    Mean,
}

/// <summary>How features are made of columns.</summary>
public sealed record FeatureOptions
{
    /// <summary>The most levels of which codes, with those of other and missing, still fit a byte.</summary>
    public const int MostLevelCodes = 254;

    /// <summary>The most levels or terms of one column that a linear model's graph can have.</summary>
    public const int MostLevels = 1 << 16;

    /// <summary>For which kind of learner.</summary>
    public required FeatureStyle Style { get; init; }

    /// <summary>A level seen in fewer training rows counts as rare and shares one code with unseen levels.</summary>
    public int MinLevelCount { get; init; } = 5;

    /// <summary>At most so many levels a column, the most frequent ones; ties go to the lower in ordinal order.</summary>
    public required int MaxLevels { get; init; }

    /// <summary>What stands in for a missing number; for <see cref="FeatureStyle.Linear"/> only.</summary>
    public NumericFill Fill { get; init; } = NumericFill.Median;

    /// <summary>A term seen in fewer training rows gives no feature; for <see cref="FeatureStyle.Linear"/> only.</summary>
    public int MinTermRows { get; init; } = 3;

    /// <summary>At most so many terms a text column, the most frequent ones; ties go to the lower in ordinal order.</summary>
    public int MaxTerms { get; init; } = 5000;

    /// <summary>The defaults for trees.</summary>
    public static FeatureOptions ForTrees { get; } = new() { Style = FeatureStyle.Trees, MaxLevels = MostLevelCodes };

    /// <summary>The defaults for linear models.</summary>
    public static FeatureOptions ForLinear { get; } = new() { Style = FeatureStyle.Linear, MaxLevels = 1000 };
}
