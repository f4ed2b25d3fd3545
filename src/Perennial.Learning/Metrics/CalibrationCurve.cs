namespace Perennial.Learning.Metrics;

/// <summary>Mean score and share of positives in equally wide bins of the score; empty bins are left out.</summary>
/// <param name="Bins">From low to high scores.</param>
/// <param name="Error">
/// The expected calibration error: the mean over rows of |mean score - share of positives| of their bin (Naeini, Cooper and
/// Hauskrecht 2015); NaN without rows.
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
        for (var row = 0; row < labels.Length; row++)
        {
            var weight = weights.IsEmpty ? 1 : weights[row];
            ref var sum = ref sums[Math.Clamp((int)(scores[row] * bins), 0, bins - 1)];
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
}

/// <summary>One bin of a calibration curve.</summary>
/// <param name="Weight">The rows in it, by weight.</param>
/// <param name="MeanScore">What the model says on average.</param>
/// <param name="PositiveRate">What happened.</param>
public sealed record CalibrationBin(double Weight, double MeanScore, double PositiveRate);
