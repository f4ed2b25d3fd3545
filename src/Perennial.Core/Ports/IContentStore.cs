namespace Perennial.Core.Ports;

/// <summary>
/// Immutable bytes, named by their SHA-256. Missing content is a null or a false, never an exception; there are no conflicts, since
/// equal names are equal bytes. A put that threw has stored nothing that can be seen. Safe for concurrent use.
/// </summary>
public interface IContentStore
{
    /// <summary>Reads the stream to its end and stores it; returns when the content is durable. Putting what is there already is cheap.</summary>
    Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default);

    /// <summary>A seekable stream over the content, or null when there is none.</summary>
    Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default);

    /// <summary>Whether the content is there.</summary>
    Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default);

    /// <summary>Removes content; true when it was there. Callers prove first that nothing refers to it.</summary>
    Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default);

    /// <summary>The hashes of all content, in ordinal order.</summary>
    IAsyncEnumerable<ContentHash> List(CancellationToken cancellationToken = default);
}
