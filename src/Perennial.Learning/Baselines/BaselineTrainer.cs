using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Baselines;

/// <summary>Candidate zero: the constant that loses least, so the classes' shares or the mean. Every other candidate has to beat it.</summary>
public static class BaselineTrainer
{
    /// <summary>The constant margins: log-odds, log shares, or the mean, all weighted.</summary>
    public static ConstantPredictor Train(TrainingTargets targets) => new(BoostingLoss.Of(targets.Task).BaseMargins(targets));

    /// <summary>
    /// The constant of the last rows that count (whose weight is above 0), e.g. of the last one where rows are in the order of time: what
    /// was seen last is what comes next.
    /// </summary>
    /// <param name="targets">All rows, the oldest first.</param>
    /// <param name="rows">How many of the last rows; 0 is all.</param>
    public static ConstantPredictor Train(TrainingTargets targets, int rows)
    {
        if (rows == 0) return Train(targets);
        var last = Enumerable.Range(0, targets.RowCount).Where(row => targets.Weights[row] > 0).TakeLast(rows).ToArray();
        return Train(targets with { Values = [.. last.Select(row => targets.Values[row])], Weights = [.. last.Select(row => targets.Weights[row])] });
    }
}
