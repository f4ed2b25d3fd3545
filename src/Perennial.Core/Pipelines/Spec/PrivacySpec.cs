namespace Perennial.Core.Pipelines.Spec;

/// <summary>What is never kept.</summary>
public sealed record PrivacySpec
{
    /// <summary>Columns whose values are not written to the prediction log; they are then missing in later retrainings.</summary>
    public IReadOnlyList<string> Unlogged { get; init; } = [];
}
