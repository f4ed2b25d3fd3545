namespace Perennial.Learning.Metrics;

/// <summary>A measure of a model's quality.</summary>
/// <param name="Name">The name in files and APIs, camelCase.</param>
/// <param name="Title">The name for people.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record Metric(string Name, string Title, bool HigherIsBetter);
