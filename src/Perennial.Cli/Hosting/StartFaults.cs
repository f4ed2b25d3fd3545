using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Perennial.Local.Storage;

namespace Perennial.Cli.Hosting;

/// <summary>What keeps a host from starting, in words that say what to do about it.</summary>
internal static class StartFaults
{
    /// <summary>The fault as a refusal to start; null for one that nobody foresaw.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="folder">The host's folder.</param>
    public static HostStartException? Of(Exception exception, string folder) => exception switch
    {
        CorruptStoreException damage => new HostStartException(
            $"'{damage.Path}' is damaged at byte {damage.Offset}: {damage.Reason} 'perennial fsck --data {folder}' lists all damage; restore the folder from a backup.", damage),
        SocketException or IOException { InnerException: AddressInUseException } => new HostStartException($"{exception.Message.TrimEnd('.')}. Choose another port with --port.", exception),
        FileNotFoundException or DirectoryNotFoundException => new HostStartException($"There can be no folder '{folder}'. Choose another with --data.", exception),
        IOException or UnauthorizedAccessException => new HostStartException(exception.Message, exception),
        InvalidDataException => new HostStartException(new UnreadableStoreException(folder, exception).Message, exception),
        _ => null,
    };
}
