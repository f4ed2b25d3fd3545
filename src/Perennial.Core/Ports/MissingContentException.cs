namespace Perennial.Core.Ports;

/// <summary>Content that something refers to is not in the store.</summary>
public sealed class MissingContentException(ContentHash hash)
    : Exception($"Content {hash} is referred to but is not in the store. The folder or container has lost a file.")
{
    /// <summary>The missing content's name.</summary>
    public ContentHash Hash => hash;
}
