using Perennial.Api.Routes;

namespace Perennial.Functions.Hosting;

/// <summary>What the inbox takes. It stands beside the connection of the inbox, in the same section.</summary>
public sealed record InboxOptions
{
    /// <summary>The largest file, in bytes; as the API's uploads unless told. An instance's disk must hold it.</summary>
    public long MaxBytes { get; init; } = DatasetRoutes.MaxUploadBytes;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">Nothing could be taken; the message says what to do.</exception>
    public void Check()
    {
        if (MaxBytes < 1) throw new ArgumentException($"Inbox__MaxBytes is {MaxBytes}: give the largest file in bytes, at least 1, or leave it out.");
    }
}
