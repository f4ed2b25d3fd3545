namespace Perennial.Learning.Calibration;

/// <summary>A graph that no calibration can be written into; the message says what it lacks.</summary>
public sealed class NotCalibratableException(string message) : Exception(message);
