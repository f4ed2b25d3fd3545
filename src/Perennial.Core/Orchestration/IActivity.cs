namespace Perennial.Core.Orchestration;

/// <summary>
/// One idempotent step: it may run more than once for one call, and the last result counts. It may do I/O. It throws
/// <see cref="ActivityFailureException"/> for a failure it understands; any other exception is retried where the call says so.
/// Its token is cancelled when nobody waits for it any more, e.g. because its time is over; the next attempt may then already run.
/// </summary>
public interface IActivity<in TInput, TOutput>
{
    /// <summary>Does the step.</summary>
    Task<TOutput> Run(TInput input, ActivityContext context, CancellationToken cancellationToken);
}

/// <summary>Whose step it is.</summary>
/// <param name="InstanceId">The orchestration instance that called.</param>
/// <param name="Attempt">From 1.</param>
public sealed record ActivityContext(string InstanceId, int Attempt);

/// <summary>Nothing: for activities and orchestrations that take or give nothing.</summary>
public sealed record Nothing
{
    /// <summary>The only value.</summary>
    public static Nothing Value { get; } = new();
}
