using System.Text.Json;
using Microsoft.DurableTask;
using Perennial.Core.Orchestration;

namespace Perennial.Functions.Orchestration;

/// <summary>
/// An orchestration's failure on its way through the engine, which keeps of an exception its type's name and its message: the message is
/// the failure as JSON.
/// </summary>
public sealed class OrchestrationFailureException(Failure failure) : Exception(Wire.Text(Wire.Bounded(failure)))
{
    /// <summary>The failure in what the engine kept; where it kept none of ours (a crash), the innermost it kept.</summary>
    internal static Failure Read(TaskFailureDetails details)
    {
        var innermost = details;
        for (TaskFailureDetails? at = details; at is not null; at = at.InnerFailure)
        {
            if (at.ErrorType.EndsWith(nameof(OrchestrationFailureException), StringComparison.Ordinal) && Parse(at.ErrorMessage) is { } failure) return failure;
            innermost = at;
        }
        return new Failure(innermost.ErrorType[(innermost.ErrorType.LastIndexOf('.') + 1)..], innermost.ErrorMessage, Retryable: true);
    }

    private static Failure? Parse(string message)
    {
        try
        {
            return Wire.Read<Failure>(message);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
