using Perennial.Core.Ports;

namespace Perennial.Local.Storage;

/// <summary>A store's file holds something else than what was written durably. Nothing is guessed or skipped: a person must decide.</summary>
public sealed class CorruptStoreException(string path, long offset, string reason)
    : StoreDamagedException($"'{path}' is damaged at byte {offset}: {reason} 'perennial fsck' lists all damage once no host serves the folder; restore it from a backup.")
{
    /// <summary>The damaged file.</summary>
    public string Path => path;

    /// <summary>Where in it, in bytes.</summary>
    public long Offset => offset;

    /// <summary>What is wrong there, as a sentence.</summary>
    public string Reason => reason;
}
