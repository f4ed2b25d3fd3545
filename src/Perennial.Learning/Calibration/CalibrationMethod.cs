namespace Perennial.Learning.Calibration;

/// <summary>How probabilities are corrected after training.</summary>
public enum CalibrationMethod
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Two classes: a slope and an intercept on the log-odds (Platt). Several: one temperature on the logits.</summary>
    Platt,

    /// <summary>Two classes: the rising curve that fits best. Several: as <see cref="Platt"/>.</summary>
    Isotonic,

    /// <summary>What does better than none on held-out rows, if anything does.</summary>
    Auto,
}
