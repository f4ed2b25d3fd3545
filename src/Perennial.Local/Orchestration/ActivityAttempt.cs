using System.Diagnostics;
using System.Globalization;
using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>One attempt of one activity.</summary>
internal sealed record ActivityAttempt(Instance Instance, int Generation, int Step, string Name, byte[] Input, byte[]? Retry, int Attempt)
{
    /// <summary>Its span, which begins with its run; null where nobody listens.</summary>
    public Activity? Span { get; init; }

    /// <summary>How it is tried again; null where it is not.</summary>
    public RetryPolicy? Policy { get; } = Retry is null ? null : PayloadJson.Read<RetryPolicy>(Retry);

    /// <summary>Whether the generation that asked for it is over.</summary>
    public bool IsStale => Instance.HasEnded || Instance.Generation != Generation;

    /// <summary>The failure of an attempt whose time is over.</summary>
    public Failure TimedOut() => new("activity-timeout", string.Create(CultureInfo.InvariantCulture,
        $"Attempt {Attempt} of activity '{Name}' was not done after {Policy?.Timeout}. What it still returns counts for nothing."), Retryable: true);
}
