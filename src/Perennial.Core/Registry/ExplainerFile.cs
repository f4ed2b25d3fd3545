namespace Perennial.Core.Registry;

/// <summary><c>explainer.json</c>: what explaining a linear version takes beyond its graph. Other packages have none.</summary>
/// <param name="Rows">Rows that the means were taken of, spread evenly over those that the version was fitted on.</param>
/// <param name="Means">The mean of each of the graph's features over them, in the graph's order: what an unknown row is taken for.</param>
public sealed record ExplainerFile(int Rows, IReadOnlyList<double> Means)
{
    /// <summary>The file's name in the package.</summary>
    public const string Name = "explainer.json";
}
