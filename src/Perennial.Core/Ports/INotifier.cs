namespace Perennial.Core.Ports;

/// <summary>Tells people or programs what happened. Called at least once a notice, with the notice's id for deduplication.</summary>
public interface INotifier
{
    /// <summary>Delivers a notice. When it throws, the caller tries again later.</summary>
    Task Notify(Notice notice, CancellationToken cancellationToken = default);
}

/// <summary>Something worth telling.</summary>
/// <param name="Id">Unique and stable over retries.</param>
/// <param name="Model">The model it is about.</param>
/// <param name="Kind">E.g. <c>alert-opened</c>, <c>version-promoted</c>, <c>approval-wanted</c>.</param>
/// <param name="Message">One line for a person.</param>
/// <param name="At">When it happened.</param>
public sealed record Notice(string Id, string Model, string Kind, string Message, DateTimeOffset At);
