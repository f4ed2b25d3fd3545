using Perennial.Core.Orchestration;

namespace Perennial.Core.Ports;

/// <summary>
/// What an orchestration may use, and all it may use: everything here gives the same answer when the history is replayed. Only what
/// Durable Functions also offers. Inputs and outputs are JSON of at most 16 KB; the rest goes by content hash.
/// </summary>
public interface IOrchestrationContext
{
    /// <summary>The instance's id.</summary>
    string InstanceId { get; }

    /// <summary>The time of the event that is being processed, UTC: the same at every replay.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Whether the code runs over history it has run before. For logging only.</summary>
    bool IsReplaying { get; }

    /// <summary>The version of the orchestration's code that this generation of the instance began with.</summary>
    int Version { get; }

    /// <summary>An id that is unique and the same at every replay.</summary>
    string NewId();

    /// <summary>Runs an activity, at least once, its effect on the history exactly once.</summary>
    /// <remarks>Without a policy it is tried once, without a limit of time.</remarks>
    /// <exception cref="ActivityFailedException">It failed for good; the failure is data and says whether a retry could help.</exception>
    Task<TOutput> Call<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null);

    /// <summary>Runs another orchestration under the given id and waits for its end.</summary>
    /// <exception cref="ActivityFailedException">It failed or was terminated.</exception>
    Task<TOutput> CallOrchestration<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input);

    /// <summary>Waits until an instant, years ahead if need be. An instant that has passed returns at once.</summary>
    Task Delay(DateTimeOffset until);

    /// <summary>
    /// The next event of that name (case does not matter), in the order of arrival; events that came early are kept, also over
    /// continue-as-new. With a deadline: an outcome without a value when it passes first; the losing timer is cancelled and a late
    /// event waits for the next call.
    /// </summary>
    Task<EventOutcome<T>> WaitForEvent<T>(string name, DateTimeOffset? deadline = null);

    /// <summary>Ends this generation and starts the next with an empty history. Return at once afterwards.</summary>
    void ContinueAsNew<TInput>(TInput input);

    /// <summary>Sets what a query shows of this instance: a JSON value of at most 16 KB.</summary>
    void SetStatus<T>(T status);
}

/// <summary>What waiting for an event gave.</summary>
/// <param name="Arrived">Whether an event came before the deadline.</param>
/// <param name="Value">Its payload; default where none came.</param>
public readonly record struct EventOutcome<T>(bool Arrived, T? Value);
