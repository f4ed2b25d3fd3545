using Perennial.Learning.Calibration;

namespace Perennial.Core.Evaluation;

/// <summary>How a version's probabilities were corrected.</summary>
/// <param name="Method">platt, temperature or isotonic; none where nothing was corrected.</param>
/// <param name="Detail">Why, and on how many rows.</param>
/// <param name="Tried">What each way came to on validation rows that it was not fitted on.</param>
/// <param name="Slope">Platt: what log-odds are multiplied by.</param>
/// <param name="Intercept">Platt: what is added to log-odds.</param>
/// <param name="Temperature">Several classes: what logits are divided by.</param>
/// <param name="Knots">Isotonic: the curve, score before and after.</param>
public sealed record FittedCalibration(
    string Method, string Detail, IReadOnlyList<CalibrationTrial> Tried,
    double? Slope = null, double? Intercept = null, double? Temperature = null, IReadOnlyList<CurvePoint>? Knots = null)
{
    /// <summary>From what was fitted.</summary>
    public static FittedCalibration Of(CalibrationFit fit) => fit.Calibrator switch
    {
        PlattCalibrator platt => new("platt", fit.Reason, fit.Tried, platt.Slope, platt.Intercept),
        TemperatureCalibrator hot => new("temperature", fit.Reason, fit.Tried, Temperature: hot.Temperature),
        IsotonicCalibrator curve => new("isotonic", fit.Reason, fit.Tried, Knots: [.. curve.Knots.Zip(curve.Values, (x, y) => new CurvePoint(x, y))]),
        _ => new("none", fit.Reason, fit.Tried),
    };
}
