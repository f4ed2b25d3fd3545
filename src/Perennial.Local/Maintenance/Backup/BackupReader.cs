using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Perennial.Core;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>Reads a backup and holds every byte of it against its manifest.</summary>
internal sealed class BackupReader(Action<string, Stream> place, CancellationToken cancellationToken)
{
    private const int MaxDamaged = 100;
    private readonly List<BackupEntry> _unlisted = [];
    private readonly List<string> _damaged = [];
    private int _files;
    private long _bytes;
    private int _parts;
    private bool _ended;

    /// <summary>Reads a seekable archive; each file is handed on as a stream that must be read before the next comes. They count only when this returns.</summary>
    /// <exception cref="BackupRefusedException">It is no whole backup.</exception>
    public static BackupContents Read(Stream archive, Action<string, Stream> place, CancellationToken cancellationToken) =>
        new BackupReader(place, cancellationToken).Read(archive);

    private BackupContents Read(Stream archive)
    {
        try
        {
            TarHeaders.Check(archive);
            using var tar = new TarReader(archive, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Take(entry);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or JsonException or ArgumentException or OverflowException)
        {
            throw Refused($"it is cut or altered near byte {archive.Position}: {exception.Message.TrimEnd('.')}.", exception);
        }
        if (!_ended) throw Refused("its end is missing.");
        return new BackupContents(_files, _bytes, _damaged);
    }

    private void Take(TarEntry entry)
    {
        if (_ended) throw Refused($"something comes behind its end: '{entry.Name}'.");
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw Refused($"'{entry.Name}' is no file but a {entry.EntryType}.");
        if (BackupManifest.IsName(entry.Name))
        {
            Check(entry);
            return;
        }
        if (!BackupNames.IsAllowed(entry.Name)) throw Refused($"'{entry.Name}' is no name of a host's file.");
        if (_files == 0 && entry.Name != BackupNames.Format) throw Refused($"it does not begin with {BackupNames.Format}.");
        if (_unlisted.Count == BackupManifest.EntriesAPart) throw Refused("a part of its manifest is missing.");
        using var hashed = SHA256.Create();
        using var content = new CryptoStream(entry.DataStream ?? Stream.Null, hashed, CryptoStreamMode.Read);
        place(entry.Name, content);
        content.CopyTo(Stream.Null);
        var sha256 = Convert.ToHexStringLower(hashed.Hash!);
        _unlisted.Add(new BackupEntry(entry.Name, entry.Length, sha256));
        if (BackupNames.Artifact(entry.Name) is { } hash && hash.ToString() != sha256 && _damaged.Count < MaxDamaged) _damaged.Add(hash.ToString());
        _files++;
        _bytes += entry.Length;
    }

    private void Check(TarEntry entry)
    {
        if (entry.Length > BackupManifest.MaxBytes) throw Refused($"'{entry.Name}' is too long.");
        var part = JsonSerializer.Deserialize<BackupManifest>(entry.DataStream ?? Stream.Null, CoreJson.Options);
        if (part?.Entries is null || part.Part != ++_parts || part.Name != entry.Name) throw Refused($"'{entry.Name}' is not part {_parts} of its manifest.");
        for (var i = 0; i < Math.Max(part.Entries.Count, _unlisted.Count); i++)
        {
            var (told, found) = (part.Entries.ElementAtOrDefault(i), _unlisted.ElementAtOrDefault(i));
            if (told != found) throw Refused($"'{(told ?? found)!.Name}' is not what was written: its name, length or checksum differs.");
        }
        _unlisted.Clear();
        _ended = part.Last;
    }

    private static BackupRefusedException Refused(string why, Exception? inner = null) =>
        new($"The archive is no whole backup: {why} Take another one.", inner);
}
