namespace Perennial.Learning.Calibration;

/// <summary>What came of fitting a calibration.</summary>
/// <param name="Calibrator">The correction; null where none is better.</param>
/// <param name="Reason">Why this one, in a sentence.</param>
/// <param name="Tried">What each way came to on rows that it was not fitted on, none first.</param>
public sealed record CalibrationFit(Calibrator? Calibrator, string Reason, IReadOnlyList<CalibrationTrial> Tried);

/// <summary>A way to calibrate, measured on held-out rows.</summary>
/// <param name="Method">none, platt, isotonic or temperature.</param>
/// <param name="LogLoss">The mean log loss.</param>
/// <param name="Brier">The mean squared error of the probabilities, summed over the classes where there are several.</param>
public sealed record CalibrationTrial(string Method, double LogLoss, double Brier);
