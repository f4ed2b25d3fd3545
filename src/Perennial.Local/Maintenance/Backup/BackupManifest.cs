namespace Perennial.Local.Maintenance.Backup;

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its place under the folder, with slashes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">The SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record BackupEntry(string Name, long Length, string Sha256);

/// <summary>
/// What a backup says about itself: the files since the part before, in the order of the archive. Parts are numbered from 1 and come
/// behind the files that they list, the last one at the archive's end, so that neither side has to remember all files.
/// </summary>
/// <param name="Part">Its number.</param>
/// <param name="Last">Whether nothing comes behind it.</param>
/// <param name="Entries">The files since the part before.</param>
internal sealed record BackupManifest(int Part, bool Last, IReadOnlyList<BackupEntry> Entries)
{
    /// <summary>So many files a part at most.</summary>
    public const int EntriesAPart = 1000;

    /// <summary>No part is longer than this, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Prefix = "manifest-";

    public string Name => FormattableString.Invariant($"{Prefix}{Part:D6}.json");

    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>What a backup holds.</summary>
/// <param name="Files">So many files.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Damaged">Artifacts that were damaged before they were copied; the first 100.</param>
public sealed record BackupContents(int Files, long Bytes, IReadOnlyList<string> Damaged);

/// <summary>The archive is no whole backup, or cannot be restored there. Nothing was left behind.</summary>
public sealed class BackupRefusedException(string message, Exception? inner = null) : IOException(message, inner);
