using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>How a challenger replaces the champion.</summary>
public sealed record RolloutSpec
{
    /// <summary>The strategy; the first version is always promoted at once.</summary>
    public RolloutStrategy Strategy { get; init; } = RolloutStrategy.Shadow;

    /// <summary>The chance of promoting a challenger that is no better (and of rejecting one that is no worse), whenever one looks.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>No decision before so many labelled pairs.</summary>
    public int MinRows { get; init; } = 50;

    /// <summary>Without a decision after so many labelled pairs the champion stays.</summary>
    public int MaxRows { get; init; } = 2000;

    /// <summary>Without a decision after so long the champion stays.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long labels take: predictions younger than this are not judged yet.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Maturation { get; init; } = TimeSpan.Zero;

    /// <summary>While fewer than this share of matured predictions has a label there is no decision.</summary>
    public double MinLabelled { get; init; } = 0.5;
}

/// <summary>A way to replace the champion.</summary>
public enum RolloutStrategy
{
    /// <summary>Both versions score the same rows; only the champion answers.</summary>
    Shadow,

    /// <summary>The gates were enough.</summary>
    Immediate,
}
