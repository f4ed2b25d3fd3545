using System.Globalization;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;

namespace Perennial.Learning.Statistics;

/// <summary>
/// Asks whether one feature tells the label nearly alone: a predictor of that feature only is fitted on some rows (each level's or
/// bin's smoothed mean of the label; missing is a bin of its own) and scored on others. A value near 1 is too good for an honest
/// feature. The smoothing is the m-estimate of Micci-Barreca 2001 towards the mean of all fitted rows.
/// </summary>
public static class SingleFeatureLeak
{
    private const int NumericBins = 64;
    private const double Smoothing = 10;

    /// <summary>
    /// What the feature tells alone; null where that cannot be asked: no row on either side, or held-out labels that do not vary.
    /// </summary>
    /// <param name="feature">The feature.</param>
    /// <param name="labels">A class index or value for each row of the frame; only the rows named below are looked at.</param>
    /// <param name="task">The task. Binary gives rocAuc; multiclass accuracyLift, the share of the errors of always saying the
    /// commonest class that the feature avoids; regression r2.</param>
    /// <param name="fitRows">Rows to fit on.</param>
    /// <param name="heldOutRows">Other rows, to score.</param>
    /// <param name="labelName">The label's name, for the explanation.</param>
    /// <param name="classNames">The classes' names in order, for the explanation.</param>
    public static LeakEvidence? Probe(
        Column feature, ReadOnlySpan<double> labels, TaskKind task, ReadOnlySpan<int> fitRows, ReadOnlySpan<int> heldOutRows,
        string labelName = "label", IReadOnlyList<string>? classNames = null)
    {
        if (fitRows.IsEmpty || heldOutRows.IsEmpty) return null;
        var bins = FeatureBins.Fit(feature, fitRows, NumericBins);
        var fit = Cells.Of(bins, labels, fitRows);
        var heldOut = Cells.Of(bins, labels, heldOutRows);
        var (metric, value) = task switch
        {
            TaskKind.Binary => ("rocAuc", RocAuc(fit, heldOut)),
            TaskKind.Multiclass => ("accuracyLift", AccuracyLift(fit, heldOut)),
            _ => ("r2", RSquared(fit, heldOut)),
        };
        if (double.IsNaN(value)) return null;
        var explanation = task == TaskKind.Regression
            ? string.Create(CultureInfo.InvariantCulture,
                $"'{feature.Name}' alone explains {Math.Max(0, value):P1} of the variance of '{labelName}' in {heldOutRows.Length:N0} held-out rows")
            : Purest(feature.Name, bins, heldOut, labelName, classNames);
        return new LeakEvidence(feature.Name, metric, value, explanation);
    }

    /// <summary>Bin and label of some rows.</summary>
    private sealed record Cells(int BinCount, int[] Bins, double[] Labels)
    {
        public static Cells Of(FeatureBins bins, ReadOnlySpan<double> labels, ReadOnlySpan<int> rows)
        {
            var (binOf, labelOf) = (new int[rows.Length], new double[rows.Length]);
            for (var i = 0; i < rows.Length; i++) (binOf[i], labelOf[i]) = (bins.IndexOf(rows[i]), labels[rows[i]]);
            return new Cells(bins.Count, binOf, labelOf);
        }

        /// <summary>Each bin's smoothed mean of the label.</summary>
        public double[] Means()
        {
            var overall = Labels.Average();
            var (sums, counts) = (new double[BinCount], new double[BinCount]);
            for (var i = 0; i < Bins.Length; i++)
            {
                sums[Bins[i]] += Labels[i];
                counts[Bins[i]]++;
            }
            return [.. sums.Select((sum, bin) => (sum + Smoothing * overall) / (counts[bin] + Smoothing))];
        }

        /// <summary>Rows by bin and class.</summary>
        public double[][] ClassCounts(int classes)
        {
            var counts = Enumerable.Range(0, BinCount).Select(_ => new double[classes]).ToArray();
            for (var i = 0; i < Bins.Length; i++) counts[Bins[i]][(int)Labels[i]]++;
            return counts;
        }
    }

    private static double RocAuc(Cells fit, Cells heldOut)
    {
        var means = fit.Means();
        var scores = heldOut.Bins.Select(bin => means[bin]).ToArray();
        return new RankedScores(heldOut.Labels, scores).RocAuc(WeightedMetrics.WeightsOrOnes([], scores.Length));
    }

    private static double RSquared(Cells fit, Cells heldOut)
    {
        var means = fit.Means();
        var overall = heldOut.Labels.Average();
        double residual = 0, spread = 0;
        for (var i = 0; i < heldOut.Bins.Length; i++)
        {
            residual += Math.Pow(heldOut.Labels[i] - means[heldOut.Bins[i]], 2);
            spread += Math.Pow(heldOut.Labels[i] - overall, 2);
        }
        return spread > 0 ? 1 - residual / spread : double.NaN;
    }

    private static double AccuracyLift(Cells fit, Cells heldOut)
    {
        var classes = 1 + (int)Math.Max(fit.Labels.Max(), heldOut.Labels.Max());
        var counts = fit.ClassCounts(classes);
        var commonest = IndexOfMax([.. Enumerable.Range(0, classes).Select(c => counts.Sum(bin => bin[c]))]);
        var says = counts.Select(bin => bin.Sum() > 0 ? IndexOfMax(bin) : commonest).ToArray();
        double correct = 0, byDefault = 0;
        for (var i = 0; i < heldOut.Bins.Length; i++)
        {
            if (says[heldOut.Bins[i]] == (int)heldOut.Labels[i]) correct++;
            if (commonest == (int)heldOut.Labels[i]) byDefault++;
        }
        return byDefault < heldOut.Bins.Length ? (correct - byDefault) / (heldOut.Bins.Length - byDefault) : double.NaN;
    }

    /// <summary>The bin, among those with a hundredth of the rows, whose label is the surest; the largest where several are.</summary>
    private static string Purest(string name, FeatureBins bins, Cells heldOut, string labelName, IReadOnlyList<string>? classNames)
    {
        var counts = heldOut.ClassCounts(1 + (int)heldOut.Labels.Max());
        var best = Enumerable.Range(0, counts.Length)
            .Where(bin => counts[bin].Sum() >= heldOut.Bins.Length / 100.0 && counts[bin].Sum() > 0)
            .OrderByDescending(bin => counts[bin].Max() / counts[bin].Sum()).ThenByDescending(bin => counts[bin].Sum()).ThenBy(bin => bin)
            .Cast<int?>().FirstOrDefault();
        if (best is not { } chosen) return $"no value of '{name}' is frequent enough to show";
        var label = IndexOfMax(counts[chosen]);
        var labelText = classNames is not null && label < classNames.Count ? classNames[label] : label.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"when '{name}' is {bins.Describe(chosen)}, '{labelName}' is {labelText} in {counts[chosen].Max():N0} of {counts[chosen].Sum():N0} held-out rows");
    }

    private static int IndexOfMax(double[] values) => Array.IndexOf(values, values.Max());
}

/// <summary>What one feature tells of the label alone.</summary>
/// <param name="Column">The feature.</param>
/// <param name="Metric">rocAuc, accuracyLift or r2; 1 is perfect.</param>
/// <param name="Value">The metric on held-out rows.</param>
/// <param name="Explanation">The level or bin that gives the label away, with its counts, as a sentence for people.</param>
public sealed record LeakEvidence(string Column, string Metric, double Value, string Explanation);
