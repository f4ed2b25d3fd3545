using Perennial.Core.Ports;

namespace Perennial.Cli.Hosting;

/// <summary>How a local host is started.</summary>
/// <param name="Folder">Its folder; made when it is not there.</param>
/// <param name="Port">The port on 127.0.0.1; 0 takes a free one.</param>
/// <param name="Clock">The time it lives in. Never moved by a route.</param>
/// <param name="Quiet">Whether it logs warnings and errors only.</param>
public sealed record LocalHostOptions(string Folder, int Port, TimeProvider Clock, bool Quiet = true);

/// <summary>The host cannot start; the message says why and what to do.</summary>
public sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code that tells it.</summary>
    public int ExitCode => InnerException switch
    {
        StoreDamagedException => ExitCodes.Damaged,
        FileNotFoundException or DirectoryNotFoundException => ExitCodes.Usage,
        _ => ExitCodes.Refused,
    };
}
