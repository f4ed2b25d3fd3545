namespace Perennial.Learning;

/// <summary>What a model predicts.</summary>
public enum TaskKind
{
    /// <summary>One of two classes; the score is the probability of the positive class.</summary>
    Binary,

    /// <summary>One of several classes; the scores are one probability a class.</summary>
    Multiclass,

    /// <summary>A real number, in the label's own unit.</summary>
    Regression,
}
