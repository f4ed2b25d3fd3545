namespace Perennial.Learning.Explanations;

/// <summary>What contributions add up to.</summary>
public enum MarginScale
{
    /// <summary>Regression: the value itself.</summary>
    Value,

    /// <summary>Regression with the Poisson loss: the natural logarithm of the value.</summary>
    LogValue,

    /// <summary>Binary: log(p / (1 - p)) of the positive class.</summary>
    LogOdds,

    /// <summary>Binary with isotonic calibration: the log-odds before it; the calibration only bends them, it changes no order.</summary>
    UncalibratedLogOdds,

    /// <summary>Multiclass: a class's logit; probabilities are the softmax of all of them.</summary>
    Logit,
}
