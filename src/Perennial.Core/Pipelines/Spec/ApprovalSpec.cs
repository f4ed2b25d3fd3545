using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Whether a person must agree.</summary>
public sealed record ApprovalSpec
{
    /// <summary>Whether registration waits with the rollout until a person has approved.</summary>
    public bool Required { get; init; }

    /// <summary>After which an unanswered request counts as refused.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(7);
}
