namespace Perennial.Core.Ports;

/// <summary>
/// A store has no space left. What was acknowledged before is kept, reads go on, and writes work again once space has returned;
/// the write that threw may be tried again.
/// </summary>
public sealed class StoreFullException(string path, Exception? inner = null)
    : IOException($"No space is left to write '{path}'. Nothing acknowledged is lost: free some space and try again.", inner)
{
    /// <summary>The file that could not be written.</summary>
    public string Path => path;
}
