namespace Perennial.Learning.Trees;

/// <summary>What a regression lowers.</summary>
public enum RegressionLoss
{
    /// <summary>The squared error: predicts the mean.</summary>
    Squared,

    /// <summary>The absolute error: predicts the median.</summary>
    Absolute,

    /// <summary>The pinball loss: predicts the quantile that <see cref="BoostedTreesOptions.Quantile"/> says.</summary>
    Quantile,

    /// <summary>The Poisson deviance, for counts: predicts the mean, whose logarithm is the margin.</summary>
    Poisson,
}
