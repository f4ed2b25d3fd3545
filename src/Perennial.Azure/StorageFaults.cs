using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Perennial.Core.Ports;

namespace Perennial.Azure;

/// <summary>
/// What is left when the SDK has sent a request as often as it may, as the port's <see cref="StoreUnavailableException"/>. It lies outside of the
/// retries; what an answer means for one request alone, e.g. that something is missing or a race was lost, is left to who asked.
/// </summary>
internal sealed class StorageFaults : HttpPipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception fault) when (IsNoAnswer(fault, message))
        {
            throw NoAnswer(fault, message);
        }
        if (IsOfTheAccount(message.Response.Status)) throw Of(new RequestFailedException(message.Response), message.Request.Uri.Host);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception fault) when (IsNoAnswer(fault, message))
        {
            throw NoAnswer(fault, message);
        }
        if (IsOfTheAccount(message.Response.Status)) throw Of(new RequestFailedException(message.Response), message.Request.Uri.Host);
    }

    /// <summary>Whether an answer says something of the account or of who asks, and nothing of what was asked for.</summary>
    internal static bool IsOfTheAccount(int status) => status is 401 or 403 or 408 or 429 or >= 500;

    /// <summary>Such an answer as the port's exception. The answer's own text is left out: it holds headers.</summary>
    internal static StoreUnavailableException Of(RequestFailedException answer, string? storage)
    {
        var said = answer.ErrorCode is { } code ? $"{answer.Status} ({code})" : $"{answer.Status}";
        var advice = (answer.Status, answer.ErrorCode) switch
        {
            (_, "AccountIsDisabled") => "The account is disabled: look at its subscription.",
            (_, "AuthorizationFailure") => "The account is not open to this network, or the app's identity lacks a role: look at its networking and its role assignments.",
            (401 or 403, _) => "The app's identity may not do this: look at its role assignments on the account, of which a new one takes effect within some minutes.",
            _ => "It is overloaded or has a fault: try again later, and look at Azure's status where that lasts.",
        };
        return new StoreUnavailableException($"The storage '{storage}' answers {said}, again and again where that can help. {advice} Nothing acknowledged is lost.", answer);
    }

    // A caller that has gone is no fault of the store.
    private static bool IsNoAnswer(Exception fault, HttpMessage message) => !message.CancellationToken.IsCancellationRequested && fault
        is RequestFailedException or AuthenticationFailedException or AggregateException or IOException or HttpRequestException or OperationCanceledException;

    private static StoreUnavailableException NoAnswer(Exception fault, HttpMessage message) => new(
        fault is AuthenticationFailedException
            ? $"The app's identity got no token for the storage '{message.Request.Uri.Host}'. Look that the identity is there and that the settings name it. Nothing acknowledged is lost."
            : $"The storage '{message.Request.Uri.Host}' does not answer. Look at the network, the account's name and Azure's status, and try again. Nothing acknowledged is lost.",
        fault);
}
