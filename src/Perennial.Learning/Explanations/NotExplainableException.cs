namespace Perennial.Learning.Explanations;

/// <summary>A graph whose scores cannot be explained; the message says what it lacks.</summary>
public sealed class NotExplainableException(string message, Exception? inner = null) : Exception(message, inner);
