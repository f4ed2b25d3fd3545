using Perennial.Learning.Models;

namespace Perennial.Learning.Metrics;

/// <summary>Weights of rows by actual and predicted class. Rates that divide by nothing are NaN.</summary>
/// <param name="Classes">The number of classes.</param>
/// <param name="Counts">Row-major: actual class a and predicted class p at a * Classes + p.</param>
public sealed record ConfusionMatrix(int Classes, double[] Counts)
{
    /// <summary>Counts rows; see <see cref="ModelMetrics.Compute"/> for the arguments.</summary>
    public static ConfusionMatrix Of(
        TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights = default, double threshold = 0.5)
    {
        if (task == TaskKind.Regression) throw new ArgumentException("A regression has no confusion matrix.", nameof(task));
        return Count(task == TaskKind.Binary ? 2 : scores.Outputs, labels,
            PredictedClasses(task, scores, threshold), WeightedMetrics.WeightsOrOnes(weights, labels.Length));
    }

    /// <summary>The weight at an actual and a predicted class.</summary>
    public double this[int actual, int predicted] => Counts[actual * Classes + predicted];

    /// <summary>The share of rows whose class is predicted.</summary>
    public double Accuracy => Sum(c => this[c, c]) / Counts.Sum();

    /// <summary>The mean recall of the classes that occur.</summary>
    public double BalancedAccuracy => MeanOf(Recall, c => Actual(c) > 0);

    /// <summary>The mean precision of the classes that occur or are predicted; of one that is never predicted it is 0.</summary>
    public double MacroPrecision => MeanOf(c => Predicted(c) > 0 ? Precision(c) : 0, c => Actual(c) + Predicted(c) > 0);

    /// <summary>The mean recall of the classes that occur or are predicted; of one that does not occur it is 0.</summary>
    public double MacroRecall => MeanOf(c => Actual(c) > 0 ? Recall(c) : 0, c => Actual(c) + Predicted(c) > 0);

    /// <summary>The mean F1 of the classes that occur or are predicted.</summary>
    public double MacroF1 => MeanOf(F1, c => Actual(c) + Predicted(c) > 0);

    /// <summary>
    /// The correlation of actual and predicted classes: Matthews 1975 for two, Gorodkin 2004 (R_K) for more; NaN where all rows
    /// have one class or all get one.
    /// </summary>
    public double MatthewsCorrelation
    {
        get
        {
            var total = Counts.Sum();
            var correct = Sum(c => this[c, c]);
            var covariance = correct * total - Sum(c => Actual(c) * Predicted(c));
            var spread = (total * total - Sum(c => Actual(c) * Actual(c))) * (total * total - Sum(c => Predicted(c) * Predicted(c)));
            return spread > 0 ? covariance / Math.Sqrt(spread) : double.NaN;
        }
    }

    /// <summary>Of the rows predicted as the class, the share that is of it.</summary>
    public double Precision(int of) => this[of, of] / Predicted(of);

    /// <summary>Of the rows of the class, the share predicted as it.</summary>
    public double Recall(int of) => this[of, of] / Actual(of);

    /// <summary>The harmonic mean of precision and recall, as 2 TP / (2 TP + FP + FN).</summary>
    public double F1(int of) => 2 * this[of, of] / (Actual(of) + Predicted(of));

    internal static ConfusionMatrix Count(int classes, ReadOnlySpan<double> labels, int[] predicted, ReadOnlySpan<double> weights)
    {
        var counts = new double[classes * classes];
        for (var row = 0; row < labels.Length; row++) counts[(int)labels[row] * classes + predicted[row]] += weights[row];
        return new ConfusionMatrix(classes, counts);
    }

    internal static int[] PredictedClasses(TaskKind task, Scores scores, double threshold)
    {
        var predicted = new int[scores.RowCount];
        for (var row = 0; row < predicted.Length; row++)
        {
            var values = scores.Row(row);
            if (task == TaskKind.Binary) predicted[row] = values[0] >= threshold ? 1 : 0;
            else
                for (var k = 1; k < values.Length; k++)
                    if (values[k] > values[predicted[row]]) predicted[row] = k;
        }
        return predicted;
    }

    private double Actual(int of) => Sum(p => this[of, p]);

    private double Predicted(int of) => Sum(a => this[a, of]);

    private double Sum(Func<int, double> term)
    {
        double sum = 0;
        for (var c = 0; c < Classes; c++) sum += term(c);
        return sum;
    }

    private double MeanOf(Func<int, double> value, Func<int, bool> counts)
    {
        var values = Enumerable.Range(0, Classes).Where(counts).Select(value).ToArray();
        return values.Length == 0 ? double.NaN : values.Average();
    }
}
