using Perennial.Learning.Models;

namespace Perennial.Learning.Metrics;

/// <summary>
/// Mean score and share of positives in equally wide bins of the score, an edge belonging to the bin below it; empty bins are left out.
/// </summary>
/// <param name="Bins">From low to high scores.</param>
/// <param name="Error">
/// The expected calibration error: the mean over rows of |mean score - share of positives| of their bin (Naeini, Cooper and
/// Hauskrecht 2015; Guo, Pleiss, Sun and Weinberger 2017); NaN without rows.
/// </param>
public sealed record CalibrationCurve(IReadOnlyList<CalibrationBin> Bins, double Error)
{
    /// <summary>The number of bins unless told otherwise.</summary>
    public const int DefaultBins = 10;

    /// <summary>The curve of binary labels (0 or 1) and probabilities.</summary>
    public static CalibrationCurve Of(
        ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default, int bins = DefaultBins)
    {
        var sums = new (double Weight, double Score, double Positive)[bins];
        double total = 0;
        var edges = new double[bins - 1];
        for (var i = 0; i < edges.Length; i++) edges[i] = (i + 1) * (1.0 / bins);
        for (var row = 0; row < labels.Length; row++)
        {
            var weight = weights.IsEmpty ? 1 : weights[row];
            ref var sum = ref sums[BinOf(edges, scores[row])];
            sum.Weight += weight;
            sum.Score += weight * scores[row];
            sum.Positive += weight * labels[row];
            total += weight;
        }
        var filled = sums.Where(s => s.Weight > 0)
            .Select(s => new CalibrationBin(s.Weight, s.Score / s.Weight, s.Positive / s.Weight)).ToArray();
        var error = filled.Sum(b => b.Weight * Math.Abs(b.MeanScore - b.PositiveRate)) / total;
        return new CalibrationCurve(filled, error);
    }

    /// <summary>The curve of several classes: of each row the probability of its answer, and whether it was right.</summary>
    public static CalibrationCurve OfAnswers(ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights = default, int bins = DefaultBins)
    {
        var answers = ConfusionMatrix.PredictedClasses(TaskKind.Multiclass, scores, 0);
        var (right, told) = (new double[answers.Length], new double[answers.Length]);
        for (var row = 0; row < answers.Length; row++)
        {
            right[row] = answers[row] == labels[row] ? 1 : 0;
            told[row] = scores.Row(row)[answers[row]];
        }
        return Of(right, told, weights, bins);
    }

    // The edges below a score; a score that is no number counts as the least.
    private static int BinOf(double[] edges, double score)
    {
        var at = Array.BinarySearch(edges, score);
        return at < 0 ? ~at : at;
    }
}

/// <summary>One bin of a calibration curve.</summary>
/// <param name="Weight">The rows in it, by weight.</param>
/// <param name="MeanScore">What the model says on average.</param>
/// <param name="PositiveRate">What happened.</param>
public sealed record CalibrationBin(double Weight, double MeanScore, double PositiveRate);
