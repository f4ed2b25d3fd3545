namespace Perennial.Core.Evaluation;

/// <summary>What a calibration did, on test rows that it was not fitted on. The report's own metrics and curve are those after it.</summary>
/// <param name="Fitted">How it was fitted.</param>
/// <param name="Before">The metrics of the scores before it.</param>
/// <param name="CurveBefore">Mean score and observed share before it; null where nothing was corrected.</param>
public sealed record CalibrationReport(FittedCalibration Fitted, IReadOnlyDictionary<string, double> Before, IReadOnlyList<CurvePoint>? CurveBefore = null);
