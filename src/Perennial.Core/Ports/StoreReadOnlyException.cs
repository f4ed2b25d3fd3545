namespace Perennial.Core.Ports;

/// <summary>
/// A store may not write: its folder was made read-only, or its file system was. What was acknowledged before is kept, reads go on,
/// and writes work again once they are allowed; the write that threw may be tried again.
/// </summary>
public sealed class StoreReadOnlyException(string path, Exception? inner = null)
    : IOException($"'{path}' may not be written. Nothing acknowledged is lost: make the folder writable for the user that the host runs as, and try again.", inner)
{
    /// <summary>The file or folder that may not be written.</summary>
    public string Path => path;
}
