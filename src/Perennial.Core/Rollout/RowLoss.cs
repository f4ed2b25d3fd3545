using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Learning;

namespace Perennial.Core.Rollout;

/// <summary>
/// The loss of one prediction in [0, 1], a proper score where the task has one, so that a paired difference lies in [-1, 1] as the betting
/// test wants. Binary: the Brier score (p - y)². Multiclass: half of Brier's original sum over classes (Brier 1950), which lies in [0, 1].
/// Regression: the absolute error over a scale, capped at 1; the scale is four times the champion's RMSE at its evaluation, so that a
/// single wild row cannot decide and ordinary errors are not cut.
/// </summary>
public static class RowLoss
{
    /// <summary>How many baseline RMSEs a regression's error counts at most.</summary>
    public const double CappedAtRmse = 4;

    /// <summary>The loss; a class that the version does not know costs 1.</summary>
    public static double Of(ModelSignature signature, IReadOnlyList<double> scores, string label, double regressionScale) =>
        LabelValue.ToNumber(signature, label) is { } truth ? Of(signature.Task, [.. scores], truth, regressionScale) : 1;

    /// <summary>The loss of a row whose label is a class's index, or the value.</summary>
    public static double Of(TaskKind task, ReadOnlySpan<double> scores, double truth, double regressionScale)
    {
        switch (task)
        {
            case TaskKind.Binary:
                return Clamp((scores[0] - truth) * (scores[0] - truth));
            case TaskKind.Multiclass:
                double sum = 0;
                for (var k = 0; k < scores.Length; k++)
                {
                    var error = scores[k] - (k == (int)truth ? 1 : 0);
                    sum += error * error;
                }
                return Clamp(sum / 2);
            default:
                return Clamp(Math.Abs(scores[0] - truth) / regressionScale);
        }
    }

    /// <summary>The scale of a regression's errors, from the champion's baseline.</summary>
    public static double ScaleFrom(Baseline champion) =>
        champion.Metrics.TryGetValue("rmse", out var rmse) && rmse > 0 ? CappedAtRmse * rmse : 1;

    private static double Clamp(double loss) => double.IsNaN(loss) ? 1 : Math.Clamp(loss, 0, 1);
}
