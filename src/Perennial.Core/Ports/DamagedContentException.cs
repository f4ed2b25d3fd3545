namespace Perennial.Core.Ports;

/// <summary>Content does not have the bytes that its name says: a file was altered or cut behind the store's back.</summary>
public sealed class DamagedContentException(ContentHash hash)
    : Exception($"Content {hash} is damaged: its bytes have another hash. Nothing of it was used. Check the folder or container, and restore the content from a backup.")
{
    /// <summary>The damaged content's name.</summary>
    public ContentHash Hash => hash;
}
