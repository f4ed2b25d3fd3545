namespace Perennial.Learning.Trees;

/// <summary>Between which values a leaf's value, before the learning rate, must lie so that monotone constraints hold.</summary>
internal readonly record struct LeafBounds(double Low, double High)
{
    /// <summary>No bounds.</summary>
    public static LeafBounds None { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The nearest value within.</summary>
    public double Clip(double value) => Math.Min(Math.Max(value, Low), High);
}
