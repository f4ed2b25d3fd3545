using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Perennial.Cli;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Folders;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>What goes wrong with Azure ends in a sentence that says what to do, and never in a secret.</summary>
public sealed class MigrationFaultTests
{
    private const string Key = "c2VjcmV0LWtleS1vZi1hbi1hY2NvdW50LWZvci1hLXRlc3Q=";
    private const string Connection = $"AccountName=devstoreaccount1;AccountKey={Key};BlobEndpoint=http://127.0.0.1:1/devstoreaccount1";

    public static TheoryData<Exception, string, int, string> Faults => new()
    {
        { new AuthenticationFailedException("ClientSecretCredential failed"), "not-signed-in", 4, "az login" },
        { new CredentialUnavailableException("DefaultAzureCredential failed to retrieve a token"), "not-signed-in", 4, "az login" },
        { new AggregateException(new AuthenticationFailedException("first"), new AuthenticationFailedException("last")), "not-signed-in", 4, "az login" },
        { Answer(403, "AuthorizationPermissionMismatch"), "refused", 4, "Storage Table Data Contributor" },
        { Answer(401, "InvalidAuthenticationInfo"), "refused", 4, "Storage Blob Data Contributor" },
        { Answer(403, "AuthorizationFailure"), "refused", 4, "not open to this network" },
        { Answer(409, "ContainerBeingDeleted"), "refused", 4, "being deleted" },
        { Answer(503, "ServerBusy"), "busy", 3, "goes on" },
        { Answer(400, null), "refused", 4, "400" },
        { new StoreUnavailableException("no", Answer(403, "AuthorizationFailure")), "refused", 4, "not open to this network" },
        { new StoreUnavailableException("no", new AuthenticationFailedException("no")), "not-signed-in", 4, "az login" },
        { new AggregateException("Retry failed after 7 tries.", new RequestFailedException(0, "no", new HttpRequestException("no", new SocketException(111)))), "unreachable", 3, "does not answer" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known (anaccount.blob.core.windows.net:443)"), "unreachable", 3, "no such name" },
        { new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout"), "unreachable", 3, "does not answer" },
        { new FolderInUseException("a/folder", "4711"), "folder-in-use", 4, "4711" },
        { new StoreDamagedException("'x' is damaged at byte 7."), "damaged", 7, "byte 7" },
        { new MigrationException("The target is not empty."), "not-migrated", 4, "not empty" },
        { new IOException("No space left."), "file", 1, "goes on" },
        { new InvalidOperationException("What is this?"), "fault", 1, "InvalidOperationException" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_has_a_code_a_sentence_and_an_exit_code(Exception exception, string code, int exit, string says)
    {
        var fault = MigrationFault.Of(exception, "a/folder", "anaccount", stopped: false);

        Assert.Equal((code, exit), (fault.Code, fault.ExitCode));
        Assert.Contains(says, fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Detail);
    }

    [Fact]
    public void One_that_was_stopped_says_that_it_goes_on() =>
        Assert.Equal(("cancelled", MigrateExitCodes.Fault), MigrationFault.Of(new TaskCanceledException(), "a", "b", stopped: true) is var fault ? (fault.Code, fault.ExitCode) : default);

    [Theory]
    [InlineData($"Settings are wrong: {Connection}")]
    [InlineData($"Not Base64: AccountKey={Key};")]
    [InlineData($"GET https://a.blob.core.windows.net/c?sv=2025-01-05&sig={Key}&se=2026")]
    [InlineData($"Authorization: Bearer {Key}")]
    public void Nothing_secret_is_told(string message)
    {
        foreach (var exception in new Exception[] { new InvalidOperationException(message), new IOException(message), new FormatException(message), new MigrationException(message), new RequestFailedException(403, message) })
        {
            var detail = MigrationFault.Of(exception, "a/folder", Connection, stopped: false).Detail;
            Assert.DoesNotContain(Key, detail, StringComparison.Ordinal);
            Assert.DoesNotContain("devstoreaccount1;", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exit_codes_are_those_of_perennial()
    {
        Assert.Equal(
            (ExitCodes.Ok, ExitCodes.Fault, ExitCodes.Usage, ExitCodes.Unreachable, ExitCodes.Refused, ExitCodes.Damaged),
            (MigrateExitCodes.Ok, MigrateExitCodes.Fault, MigrateExitCodes.Usage, MigrateExitCodes.Unreachable, MigrateExitCodes.Refused, MigrateExitCodes.Damaged));
    }

    private static RequestFailedException Answer(int status, string? code) => new(status, $"Server says no.\nHeaders:\nAuthorization: SharedKey {Key}", code, null);
}
