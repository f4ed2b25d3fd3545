using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Perennial.Local.Orchestration;

/// <summary>
/// Spans of attempts and generations for whoever listens to the source <see cref="SourceName"/>. Their ids follow from those of the
/// instances, so that a trace holds over restarts: the root instance gives the trace, a generation its span, and what a generation
/// calls has that span as its parent. A generation's span is made when it has ended, an attempt's around its run.
/// </summary>
internal static class OrchestrationTrace
{
    public const string SourceName = "Perennial.Orchestration";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens; where nobody does nothing should be made.</summary>
    public static bool IsHeard => Source.HasListeners();

    /// <summary>The span of a generation, as the parent of what it calls.</summary>
    public static ActivityContext Generation(ActivityTraceId trace, string instanceId, long serial, int generation) => new(
        trace, ActivitySpanId.CreateFromBytes(Hash(instanceId, serial, generation).AsSpan(0, 8)), ActivityTraceFlags.Recorded, isRemote: true);

    /// <summary>The trace of a root instance and all that it calls.</summary>
    public static ActivityTraceId Trace(string rootId, long rootSerial) =>
        ActivityTraceId.CreateFromBytes(Hash(rootId, rootSerial, -1).AsSpan(0, 16));

    /// <summary>The span of an attempt, not begun yet; null where nobody wants it.</summary>
    public static Activity? Attempt(ActivityContext generation, string activity, string instanceId, int attempt)
    {
        var span = Source.CreateActivity($"activity {activity}", ActivityKind.Internal, generation);
        span?.SetTag("perennial.instance", instanceId).SetTag("perennial.activity", activity).SetTag("perennial.attempt", attempt);
        return span;
    }

    /// <summary>Tells of a generation that has ended.</summary>
    public static void Ended(EndedGeneration ended)
    {
        using var span = Source.StartActivity($"orchestration {ended.Name}", ActivityKind.Internal, ended.Parent, startTime: new DateTimeOffset(ended.BeganAt, TimeSpan.Zero));
        if (span is not null)
        {
            SetSpanId(span, ended.Own.SpanId);
            span.SetTag("perennial.instance", ended.InstanceId).SetTag("perennial.orchestration", ended.Name).SetTag("perennial.generation", ended.Generation)
                .SetTag("perennial.outcome", ended.Outcome).SetEndTime(new DateTime(ended.EndedAt, DateTimeKind.Utc));
            if (ended.Outcome is "failed" or "terminated")
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    private static byte[] Hash(string instanceId, long serial, int generation)
    {
        var text = Encoding.UTF8.GetBytes(instanceId);
        var bytes = new byte[text.Length + 12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, serial);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), generation);
        text.CopyTo(bytes, 12);
        return SHA256.HashData(bytes);
    }

    // There is no public way to choose a span's id; Durable Task does the same. Without these fields the span keeps a random id, and
    // what the generation called shows its parent as missing.
    private static void SetSpanId(Activity span, ActivitySpanId id)
    {
        try
        {
            SpanId(span) = id.ToHexString();
            Id(span) = null;
        }
        catch (MissingFieldException)
        {
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanId(Activity span);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? Id(Activity span);
}

/// <summary>What a span says of a generation.</summary>
/// <param name="Own">Its own span.</param>
/// <param name="Parent">The generation that called the instance; without a span for a root.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">The orchestration.</param>
/// <param name="Generation">From 0.</param>
/// <param name="Outcome">The last event, as histories show it.</param>
/// <param name="BeganAt">UTC ticks.</param>
/// <param name="EndedAt">UTC ticks.</param>
internal sealed record EndedGeneration(
    ActivityContext Own, ActivityContext Parent, string InstanceId, string Name, int Generation, string Outcome, long BeganAt, long EndedAt);
