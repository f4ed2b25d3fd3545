using System.Globalization;
using System.Runtime.CompilerServices;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Blobs;

/// <summary>
/// Named blobs as a file each, replaced whole: written beside, synced, renamed, folder synced. An ETag is the number of the write,
/// counted over all blobs and never used twice. One process owns the folder.
/// </summary>
public sealed class NamedBlobFolder : INamedBlobs
{
    /// <summary>Bytes of a blob at most.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Ending = ".blob";
    private const int Reserve = 1000;
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly string _sequencePath;
    private readonly Lock _writing = new();
    private readonly SortedDictionary<string, string> _etags = new(StringComparer.Ordinal);

    // Blobs of which it is open what the disk has: an operation on them failed.
    private readonly HashSet<string> _unsettled = new(StringComparer.Ordinal);
    private long _sequence;
    private long _reserved;

    /// <summary>Opens or creates the folder.</summary>
    /// <exception cref="CorruptStoreException">A blob fails its checksum.</exception>
    public NamedBlobFolder(string folder)
        : this(SystemDisk.Instance, folder)
    {
    }

    internal NamedBlobFolder(IDisk disk, string folder)
    {
        _disk = disk;
        _folder = Path.GetFullPath(folder);
        _sequencePath = Path.Combine(_folder, "sequence");
        disk.CreateFolderDurably(_folder);
        disk.DeleteUnfinished(_folder);
        SyncFound();
        foreach (var file in disk.Files(_folder).Where(name => name.EndsWith(Ending, StringComparison.Ordinal)))
        {
            var path = Path.Combine(_folder, file);
            var (name, blob) = BlobFormat.Decode(path, disk.ReadWhole(path)!);
            _etags[name] = blob.ETag;
        }
        if (disk.ReadWhole(_sequencePath) is not { } sequence) return;
        if (!long.TryParse(CheckedText.Decode(_sequencePath, sequence), NumberStyles.None, CultureInfo.InvariantCulture, out _sequence))
            throw new CorruptStoreException(_sequencePath, 0, "it holds no number.");
        _reserved = _sequence;
    }

    /// <inheritdoc/>
    public Task<NamedBlob?> Read(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        var path = PathOf(name);
        lock (_writing)
        {
            Settle();
            return Task.FromResult(_disk.ReadWhole(path) is { } bytes ? BlobFormat.Decode(path, bytes).Blob : null);
        }
    }

    /// <inheritdoc/>
    public Task<string?> Write(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        if (content.Length > MaxBytes) throw new ArgumentException($"Blob '{name}' has {content.Length} bytes; at most 4 MiB are allowed.");
        lock (_writing)
        {
            Settle();
            if (ifMatch != "*" && ifMatch != _etags.GetValueOrDefault(name)) return Task.FromResult<string?>(null);
            var sequence = NextSequence();
            _unsettled.Add(name);
            _disk.WriteDurably(PathOf(name), BlobFormat.Encode(name, sequence, content.Span));
            var etag = BlobFormat.ETag(sequence);
            _etags[name] = etag;
            _unsettled.Remove(name);
            return Task.FromResult<string?>(etag);
        }
    }

    /// <inheritdoc/>
    public Task<bool> Delete(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        lock (_writing)
        {
            Settle();
            if (!_etags.ContainsKey(name)) return Task.FromResult(false);
            _unsettled.Add(name);
            _disk.Delete(PathOf(name));
            _disk.SyncFolder(_folder, SyncPoint.BlobRemoved);
            _etags.Remove(name);
            _unsettled.Remove(name);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        string[] names;
        lock (_writing)
        {
            Settle();
            names = [.. _etags.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        }
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <summary>Numbers are reserved durably before they are used, so that none comes back after its blob was deleted.</summary>
    private long NextSequence()
    {
        if (_sequence >= _reserved)
        {
            _disk.WriteDurably(_sequencePath, CheckedText.Encode((_sequence + Reserve).ToString(CultureInfo.InvariantCulture)));
            _reserved = _sequence + Reserve;
        }
        return ++_sequence;
    }

    /// <summary>An operation that failed late may have been done all the same: what is there counts, once that is durable.</summary>
    private void Settle()
    {
        if (_unsettled.Count == 0) return;
        SyncFound();
        foreach (var name in _unsettled)
        {
            var path = PathOf(name);
            if (_disk.ReadWhole(path) is { } bytes) _etags[name] = BlobFormat.Decode(path, bytes).Blob.ETag;
            else _etags.Remove(name);
        }
        _unsettled.Clear();
    }

    private void SyncFound() => _disk.SyncFolder(_folder, SyncPoint.FoundBlobs);

    private string PathOf(string name) => Path.Combine(_folder, FileNames.Escape(name) + Ending);
}
