namespace Perennial.Learning.Models;

/// <summary>Thrown when a model cannot be trained on what was given; the message says what is wrong, where, and what to do.</summary>
/// <param name="code">A stable code in kebab case, e.g. <c>label-missing</c>.</param>
/// <param name="message">What is wrong, where, and what to do.</param>
public sealed class ModelTrainingException(string code, string message) : Exception(message)
{
    /// <summary>A stable code in kebab case.</summary>
    public string Code => code;
}
