using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>What is watched, and how often.</summary>
public sealed record MonitorSpec
{
    /// <summary>The time between passes.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How far back a pass looks.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(30);

    /// <summary>With fewer rows in the window nothing is judged.</summary>
    public int MinRows { get; init; } = 200;

    /// <summary>A feature has drifted when its population stability index is above this and the difference is significant.</summary>
    public double Psi { get; init; } = 0.2;

    /// <summary>The significance level: of drift over all features of a pass together, and of a drop in performance.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>The metric that is compared with the baseline; the training metric when absent.</summary>
    public string? Metric { get; init; }

    /// <summary>Performance has dropped when the metric on labelled rows is worse than at the evaluation by more than this (rmse and mae: this share of it), and significantly so.</summary>
    public double MaxDrop { get; init; } = 0.03;

    /// <summary>Features whose drift is reported but opens no alert.</summary>
    public IReadOnlyList<string> Quiet { get; init; } = [];
}
