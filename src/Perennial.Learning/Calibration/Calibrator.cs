using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Calibration;

/// <summary>A fitted correction of probabilities. It never changes which of two rows scores higher; an isotonic one may make them equal.</summary>
public abstract record Calibrator
{
    // The nearest that a float comes to 1 is 6e-8; near 0 floats are finer.
    private const double Smallest = 1e-15, Largest = 1 - 3e-8;

    /// <summary>The corrected scores.</summary>
    public Scores Apply(Scores scores)
    {
        var values = new double[scores.Values.Length];
        for (var row = 0; row < scores.RowCount; row++) Apply(scores.Row(row), values.AsSpan(row * scores.Outputs, scores.Outputs));
        return new Scores(scores.Outputs, values);
    }

    /// <summary>Corrects the probabilities of one row.</summary>
    protected abstract void Apply(ReadOnlySpan<double> scores, Span<double> calibrated);

    /// <summary>The log-odds of a probability, finite also where it was rounded to 0 or 1.</summary>
    internal static double LogOdds(double p)
    {
        p = Math.Clamp(p, Smallest, Largest);
        return DeterministicMath.Log(p) - DeterministicMath.Log(1 - p);
    }

    /// <summary>A logit of a probability, finite also where it was rounded to 0.</summary>
    internal static double Logit(double p) => DeterministicMath.Log(Math.Max(p, Smallest));
}

/// <summary>Two classes: sigmoid(slope times log-odds plus intercept).</summary>
/// <param name="Slope">Above 0; below 1 the scores were too sure.</param>
/// <param name="Intercept">Above 0 where positives were told too seldom.</param>
public sealed record PlattCalibrator(double Slope, double Intercept) : Calibrator
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<double> scores, Span<double> calibrated) =>
        calibrated[0] = DeterministicMath.Sigmoid((Slope * LogOdds(scores[0])) + Intercept);
}

/// <summary>Several classes: the softmax of the logits divided by a temperature (C. Guo et al. 2017, section 4.2).</summary>
/// <param name="Temperature">Above 1 where the scores were too sure.</param>
public sealed record TemperatureCalibrator(double Temperature) : Calibrator
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<double> scores, Span<double> calibrated)
    {
        for (var k = 0; k < scores.Length; k++) calibrated[k] = Logit(scores[k]) / Temperature;
        DeterministicMath.Softmax(calibrated);
    }
}

/// <summary>Two classes: straight lines between knots, level outside them.</summary>
/// <param name="Knots">Scores, rising strictly; at least 2.</param>
/// <param name="Values">The probability at each, never falling.</param>
public sealed record IsotonicCalibrator(IReadOnlyList<double> Knots, IReadOnlyList<double> Values) : Calibrator
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<double> scores, Span<double> calibrated)
    {
        var (x, low, high) = (scores[0], 0, Knots.Count - 1);
        if (x <= Knots[0]) calibrated[0] = Values[0];
        else if (x >= Knots[high]) calibrated[0] = Values[high];
        else
        {
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                if (Knots[middle] <= x) low = middle;
                else high = middle;
            }
            calibrated[0] = Values[low] + ((x - Knots[low]) / (Knots[high] - Knots[low]) * (Values[high] - Values[low]));
        }
    }
}
