using Perennial.Core.Ports;

namespace Perennial.Core.Tests.Serving;

/// <summary>A content store that takes nothing while it is broken. A full one stops the whole engine until there is space; this one fails the step.</summary>
public sealed class BrokenContent : IContentStore
{
    public IContentStore Inner { get; set; } = null!;

    public bool IsBroken { get; set; }

    public int Refused { get; private set; }

    public Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default)
    {
        if (!IsBroken) return Inner.Put(content, cancellationToken);
        Refused++;
        throw new IOException("The disk of the artifacts does not answer.");
    }

    public Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default) => Inner.Open(hash, cancellationToken);

    public Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default) => Inner.Exists(hash, cancellationToken);

    public Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default) => Inner.Delete(hash, cancellationToken);

    public IAsyncEnumerable<ContentHash> List(CancellationToken cancellationToken = default) => Inner.List(cancellationToken);
}
