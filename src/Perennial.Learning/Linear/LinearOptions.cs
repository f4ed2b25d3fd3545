namespace Perennial.Learning.Linear;

/// <summary>How a linear model is fitted.</summary>
public sealed record LinearOptions
{
    /// <summary>
    /// The weight of the penalty: the objective is the weighted mean loss plus L2 / 2 times the sum of squared weights. Intercepts are
    /// not penalised. (With n rows it is scikit-learn's 1 / (C n), or alpha / n of its ridge.)
    /// </summary>
    public double L2 { get; init; } = 1e-3;

    /// <summary>
    /// The weight of the other penalty of the elastic net (Zou and Hastie 2005): L1 times the sum of the weights' magnitudes is added to
    /// the objective, which makes weights exactly zero. (scikit-learn's alpha is L1 + L2, its l1_ratio L1 / alpha.)
    /// </summary>
    public double L1 { get; init; }

    /// <summary>The most iterations of L-BFGS.</summary>
    public int MaxIterations { get; init; } = 500;

    /// <summary>L-BFGS ends when no element of the gradient (in scaled coordinates) is greater than this.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>How many threads may work; 0 is one a processor. The model never depends on it.</summary>
    public int Threads { get; init; }
}
