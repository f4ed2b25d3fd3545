namespace Perennial.Core.Orchestration;

/// <summary>How often and when an activity is tried again. Failures that say so are never retried.</summary>
/// <param name="MaxAttempts">Including the first, at least 1.</param>
/// <param name="FirstDelay">Before the second attempt.</param>
/// <param name="Backoff">Each delay is so many times the one before.</param>
/// <param name="MaxDelay">No delay is longer.</param>
/// <param name="Timeout">
/// An attempt that runs for longer has failed with the code <c>activity-timeout</c>, and its result counts for nothing; null for no
/// limit. It must leave room for the slowest attempt that is well: code that does not heed its cancellation runs on beside the next one.
/// On Durable Functions no attempt learns that it is late, and the orchestration neither ends nor begins its next generation before it is done or
/// the host stops it (<c>functionTimeout</c>).
/// </param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstDelay, double Backoff = 2, TimeSpan? MaxDelay = null, TimeSpan? Timeout = null)
{
    /// <summary>Five attempts within about a minute: for steps that touch storage.</summary>
    public static RetryPolicy Storage { get; } = new(5, TimeSpan.FromSeconds(1), 2.5, TimeSpan.FromSeconds(30));

    /// <summary>The delay after the given failed attempt (from 1).</summary>
    public TimeSpan DelayAfter(int attempt)
    {
        var delay = FirstDelay.TotalSeconds * Math.Pow(Backoff, attempt - 1);
        return TimeSpan.FromSeconds(Math.Min(delay, (MaxDelay ?? TimeSpan.FromHours(1)).TotalSeconds));
    }
}
