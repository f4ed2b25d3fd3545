using Perennial.Learning.Features;
using Perennial.Learning.Models;

namespace Perennial.Learning.Trees;

/// <summary>
/// Gradient-boosted trees on histograms with second-order gains (Friedman 2001; Chen and Guestrin 2016; Ke et al. 2017). Log loss for
/// classes (one tree a class and round where there are several); squared, absolute, quantile or Poisson loss for regression.
/// </summary>
public static class BoostedTreesTrainer
{
    /// <summary>Trains.</summary>
    /// <param name="train">The training rows' features.</param>
    /// <param name="targets">The training rows' labels and weights. Rows of weight 0 count for nothing.</param>
    /// <param name="levelCodes">For each feature the number of its level codes, or 0 where it is ordered.</param>
    /// <param name="validation">Features and targets of other rows, for early stopping alone; null when there are none.</param>
    /// <param name="options">How to grow.</param>
    /// <param name="cancellationToken">Stops between rounds.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or a monotone constraint cannot hold.</exception>
    /// <exception cref="ModelTrainingException">There are more rows than the histograms can count.</exception>
    public static BoostedTreesResult Train(FeatureMatrix train, TrainingTargets targets, IReadOnlyList<int> levelCodes,
        (FeatureMatrix Features, TrainingTargets Targets)? validation, BoostedTreesOptions options, CancellationToken cancellationToken)
    {
        options.Check();
        CheckMonotone(options, levelCodes, targets.Task);
        if (train.RowCount > RowSums.MostRows)
            throw new ModelTrainingException("too-many-rows",
                $"Boosted trees train on at most {RowSums.MostRows} rows, not {train.RowCount}; train on a sample.");
        targets = WithClassWeights(targets, options.ClassWeights);
        if (validation is { } rows) validation = (rows.Features, WithClassWeights(rows.Targets, options.ClassWeights));
        if (options.Threads == 0) options = options with { Threads = Environment.ProcessorCount };
        var matrix = BinnedMatrix.Fit(train, levelCodes, options.MaxBins, options.Threads);
        using var run = new BoostingRun(matrix, targets, options);
        if (validation is not { } held) return run.Grow(null, cancellationToken);
        return run.Grow(new EarlyStopping(matrix.BinLike(held.Features, options.Threads), held.Targets, options), cancellationToken);
    }

    private static TrainingTargets WithClassWeights(TrainingTargets targets, IReadOnlyList<double> factors)
    {
        if (factors.Count == 0) return targets;
        if (targets.Task == TaskKind.Regression || factors.Count != Math.Max(2, targets.Outputs))
            throw new ArgumentException($"There are {factors.Count} class weights for a {targets.Task} task of {targets.Outputs} outputs.");
        return targets with { Weights = [.. targets.Weights.Zip(targets.Values, (weight, target) => weight * factors[(int)target])] };
    }

    private static void CheckMonotone(BoostedTreesOptions options, IReadOnlyList<int> levelCodes, TaskKind task)
    {
        var monotone = options.Monotone;
        if (monotone.Count == 0) return;
        if (monotone.Count != levelCodes.Count)
            throw new ArgumentException($"There are {monotone.Count} monotone constraints for {levelCodes.Count} features.");
        if (task == TaskKind.Multiclass) throw new ArgumentException("Margins of several classes cannot be monotone.");
        if (options.Loss is RegressionLoss.Absolute or RegressionLoss.Quantile) throw new ArgumentException("Leaves that are quantiles cannot be kept monotone.");
        for (var feature = 0; feature < monotone.Count; feature++)
            if (monotone[feature] != 0 && levelCodes[feature] > 0) throw new ArgumentException($"Feature {feature} has levels, which have no order to be monotone in.");
    }
}
