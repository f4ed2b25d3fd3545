namespace Perennial.Azure.Tests.Support;

/// <summary>A date that is set by hand; waiting takes real time.</summary>
internal sealed class MovedClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
