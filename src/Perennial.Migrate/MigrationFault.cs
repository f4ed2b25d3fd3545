using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;
using Perennial.Core.Ports;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Folders;

namespace Perennial.Migrate;

/// <summary>What went wrong, in a sentence that says what to do; nothing of it is secret.</summary>
/// <param name="Code">Which fault, for programs.</param>
/// <param name="Detail">What, where and what to do.</param>
/// <param name="ExitCode">What the process ends with.</param>
public sealed partial record MigrationFault(string Code, string Detail, int ExitCode)
{
    private const string GoesOn = "What was copied stays; start it again and it goes on.";

    /// <summary>The fault behind an exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="folder">The local folder.</param>
    /// <param name="account">What the command line says of the account: a name, or a connection string, which is never told.</param>
    /// <param name="stopped">Whether somebody stopped it.</param>
    public static MigrationFault Of(Exception exception, string folder, string? account, bool stopped)
    {
        var cause = Cause(exception);
        var name = account is null || account.Contains('=', StringComparison.Ordinal) ? "Azurite" : $"The account '{account}'";
        var fault = cause switch
        {
            MigrationException refused => new MigrationFault(refused.ExitCode == MigrateExitCodes.Usage ? "usage" : refused.ExitCode == MigrateExitCodes.Damaged ? "copy-differs" : "not-migrated", refused.Message, refused.ExitCode),
            OperationCanceledException when stopped => new MigrationFault("cancelled", $"Stopped. {GoesOn}", MigrateExitCodes.Fault),
            AuthenticationFailedException => new MigrationFault(
                "not-signed-in", "Azure does not know who asks. Sign in with 'az login' (to the tenant of the account: --tenant), and start this again.", MigrateExitCodes.Refused),
            RequestFailedException { Status: > 0 } answer => Answered(answer, name),
            RequestFailedException or HttpRequestException or SocketException or OperationCanceledException or TimeoutException => Silent(cause, name),
            FolderInUseException used => new MigrationFault("folder-in-use", $"A host serves '{folder}', as process {used.Owner}. Stop it, and start this again.", MigrateExitCodes.Refused),
            FolderFormatException format => new MigrationFault("folder", format.Message, MigrateExitCodes.Usage),
            StoreDamagedException or DamagedContentException or UnreadableStoreException => new MigrationFault("damaged", cause.Message, MigrateExitCodes.Damaged),
            UnauthorizedAccessException or IOException => new MigrationFault("file", $"{cause.Message} {GoesOn}", MigrateExitCodes.Fault),
            _ => new MigrationFault("fault", $"This should not happen: {cause.GetType().Name}: {cause.Message} {GoesOn}", MigrateExitCodes.Fault),
        };
        return fault with { Detail = WithoutSecrets(fault.Detail, account) };
    }

    // The SDK wraps what its last attempts met; a store may have wrapped that once more.
    private static Exception Cause(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Cause(last),
        RequestFailedException { Status: 0, InnerException: { } inner } => Cause(inner),
        StoreUnavailableException { InnerException: { } inner } => Cause(inner),
        IOException { InnerException: SocketException socket } => socket,
        _ => exception,
    };

    // The answer's own text is left out: it holds headers, and what was asked for.
    private static MigrationFault Answered(RequestFailedException answer, string name)
    {
        var said = answer.ErrorCode is { } code ? $"{answer.Status} ({code})" : $"{answer.Status}";
        return (answer.Status, answer.ErrorCode) switch
        {
            (403, "AuthorizationFailure") => new("refused", $"{name} answers {said}: it is not open to this network. Start this from inside its network, or let this address in for the time of the migration.", MigrateExitCodes.Refused),
            (401, _) or (403, _) => new(
                "refused",
                $"{name} answers {said}: whoever is signed in may not. It takes the roles Storage Blob Data Contributor and Storage Table Data Contributor on the account; a role takes effect within some minutes.",
                MigrateExitCodes.Refused),
            (429 or >= 500, _) => new("busy", $"{name} answers {said}, again and again: it is overloaded. {GoesOn}", MigrateExitCodes.Unreachable),
            (409, _) => new("refused", $"{name} answers {said}: something there is being deleted, or written by somebody else. Stop the app, wait a minute, and start this again.", MigrateExitCodes.Refused),
            _ => new("refused", $"{name} answers {said}. Look that the account is there and takes blobs and tables. {GoesOn}", MigrateExitCodes.Refused),
        };
    }

    private static MigrationFault Silent(Exception cause, string name) => cause is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
        ? new("unreachable", $"{name} is not found: there is no such name here. Check the name, and the network: one with private endpoints is found from inside its network only.", MigrateExitCodes.Unreachable)
        : new("unreachable", $"{name} does not answer ({cause.GetType().Name}). Check the network, and that it runs. {GoesOn}", MigrateExitCodes.Unreachable);

    // Whatever a library puts into its message: keys, signatures, tokens, and the command line's own connection string.
    private static string WithoutSecrets(string text, string? account)
    {
        if (account?.Contains('=', StringComparison.Ordinal) == true) text = text.Replace(account, "…", StringComparison.Ordinal);
        return Secret().Replace(text.ReplaceLineEndings(" "), "$1…");
    }

    [GeneratedRegex(@"(?i)((?:AccountKey|SharedAccessSignature|sig|password|secret|token|Bearer)\s*[= ]\s*)[^\s;&'""]+")]
    private static partial Regex Secret();
}
