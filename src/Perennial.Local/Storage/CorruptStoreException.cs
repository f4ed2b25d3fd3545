namespace Perennial.Local.Storage;

/// <summary>A store's file holds something else than what was written durably. Nothing is guessed or skipped: a person must decide.</summary>
public sealed class CorruptStoreException(string path, long offset, string reason)
    : IOException($"'{path}' is damaged at byte {offset}: {reason} Restore the folder from a backup, or move the file away if what it holds can be lost.")
{
    /// <summary>The damaged file.</summary>
    public string Path => path;

    /// <summary>Where in it, in bytes.</summary>
    public long Offset => offset;
}
