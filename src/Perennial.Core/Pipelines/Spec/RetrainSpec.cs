using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>When a retraining starts by itself.</summary>
public sealed record RetrainSpec
{
    /// <summary>When an alert of data drift opens.</summary>
    public bool OnDrift { get; init; } = true;

    /// <summary>When an alert of performance opens.</summary>
    public bool OnPerformance { get; init; } = true;

    /// <summary>After so many new labelled rows since the last run; null for never.</summary>
    public int? AfterLabels { get; init; }

    /// <summary>After so long since the last run; null for never.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Every { get; init; }

    /// <summary>No retraining starts by itself within this time after the last run.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromDays(1);
}
