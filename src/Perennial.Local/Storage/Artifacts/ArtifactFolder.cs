using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Artifacts;

/// <summary>
/// Content by hash as files <c>ab/cdef…</c>. Written beside under <c>tmp/</c>, synced, renamed, folder synced: a file that has its
/// name is whole. One process owns the folder.
/// </summary>
public sealed class ArtifactFolder : IContentStore, IContentSweeper
{
    private const int BufferBytes = 128 * 1024;
    private const int PrefixDigits = 2;
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly string _unfinished;
    private readonly Lock[] _gates = [.. Enumerable.Range(0, 256).Select(_ => new Lock())];

    // Prefixes under which all that there is is durable.
    private readonly bool[] _settled = new bool[256];
    private long _names;
    private readonly RecentArtifacts _recent;
    private ArtifactSweep? _sweep;

    /// <summary>Opens or creates the folder; what a crash left unfinished is removed.</summary>
    public ArtifactFolder(string folder)
        : this(SystemDisk.Instance, folder)
    {
    }

    /// <param name="disk">The disk.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="clock">Only its steady time is read, not what it takes for the date.</param>
    internal ArtifactFolder(IDisk disk, string folder, TimeProvider? clock = null)
    {
        _recent = new RecentArtifacts(clock ?? TimeProvider.System);
        _disk = disk;
        _folder = Path.GetFullPath(folder);
        _unfinished = Path.Combine(_folder, "tmp");
        disk.CreateFolderDurably(_unfinished);
        disk.DeleteUnfinished(_unfinished);
    }

    /// <inheritdoc/>
    public async Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default)
    {
        var beside = Path.Combine(_unfinished, Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture) + DiskExtensions.UnfinishedEnding);
        try
        {
            using var file = _disk.Create(beside);
            var hash = await Copy(content, file, cancellationToken);
            Place(file, beside, hash);
            return hash;
        }
        catch
        {
            _disk.DeleteQuietly(beside);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_disk.OpenForReading(PathOf(hash)) is { } file ? new DiskStream(file) : null);

    /// <inheritdoc/>
    public Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default)
    {
        var path = PathOf(hash);
        // Whoever is told that it is there will refer to it.
        lock (GateOf(hash))
        {
            Settle(hash);
            if (!_disk.FileExists(path)) return Task.FromResult(false);
            Touched(hash);
            _disk.Touch(path);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default)
    {
        var path = PathOf(hash);
        lock (GateOf(hash))
        {
            Settle(hash);
            if (!_disk.FileExists(path)) return Task.FromResult(false);
            ref var settled = ref _settled[PrefixOf(hash)];
            settled = false;
            _disk.Delete(path);
            _disk.SyncFolder(Path.GetDirectoryName(path)!, SyncPoint.ArtifactRemoved);
            settled = true;
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContentHash> List([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var prefix in _disk.Folders(_folder).Where(name => name.Length == PrefixDigits))
        {
            foreach (var name in _disk.Files(Path.Combine(_folder, prefix)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ContentHash.TryParse(prefix + name, out var hash)) yield return hash;
            }
        }
    }

    /// <inheritdoc/>
    public IContentSweep Begin(TimeSpan grace)
    {
        var sweep = new ArtifactSweep(this, _recent, grace);
        return Interlocked.CompareExchange(ref _sweep, sweep, null) is null ? sweep : throw new InvalidOperationException("Artifacts are being collected already.");
    }

    /// <summary>Ends a sweep.</summary>
    internal void End(ArtifactSweep sweep) => Interlocked.CompareExchange(ref _sweep, null, sweep);

    /// <summary>An artifact's length and when it was put or asked for last; null when there is none.</summary>
    internal (long Bytes, DateTimeOffset? At)? Look(ContentHash hash)
    {
        var path = PathOf(hash);
        var bytes = Length(path);
        return bytes < 0 ? null : (bytes, _disk.LastWritten(path));
    }

    /// <summary>Removes an artifact if a look at it, while nobody can put it, still says so. Not synced: a removal that a crash undoes is only done again.</summary>
    internal bool RemoveIf(ContentHash hash, Func<bool> isUnwanted)
    {
        lock (GateOf(hash))
        {
            if (!isUnwanted()) return false;
            _settled[PrefixOf(hash)] = false;
            _disk.Delete(PathOf(hash));
            return true;
        }
    }

    /// <summary>Reads an artifact and compares it with the hash that names it.</summary>
    public Task<ArtifactCondition> Verify(ContentHash hash, CancellationToken cancellationToken = default)
    {
        using var file = _disk.OpenForReading(PathOf(hash));
        if (file is null) return Task.FromResult(ArtifactCondition.Missing);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        long offset = 0;
        for (int read; (read = file.Read(offset, buffer)) > 0; offset += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum.AppendData(buffer, 0, read);
        }
        return Task.FromResult(ContentHash.FromBytes(sum.GetHashAndReset()) == hash ? ArtifactCondition.Intact : ArtifactCondition.Damaged);
    }

    /// <summary>Where content of that hash is, if it is there.</summary>
    public string PathOf(ContentHash hash)
    {
        var digits = hash.ToString();
        if (digits.Length == 0) throw new ArgumentException("An empty content hash names nothing.");
        return Path.Combine(_folder, digits[..PrefixDigits], digits[PrefixDigits..]);
    }

    private static async Task<ContentHash> Copy(Stream content, IDiskFile file, CancellationToken cancellationToken)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long offset = 0;
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0; offset += read)
            {
                sum.AppendData(buffer, 0, read);
                file.Write(offset, buffer.AsSpan(0, read));
            }
            return ContentHash.FromBytes(sum.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Place(IDiskFile file, string beside, ContentHash hash)
    {
        var path = PathOf(hash);
        var prefix = Path.GetDirectoryName(path)!;
        lock (GateOf(hash))
        {
            ref var settled = ref _settled[PrefixOf(hash)];
            if (!settled) _disk.CreateFolderDurably(prefix);
            settled = false;
            // A file of other bytes is damaged: whoever puts the content again heals it, and is not told that it is there when it cannot be read.
            Touched(hash);
            if (Holds(path, file))
            {
                _disk.Touch(path);
                _disk.Delete(beside);
            }
            else
            {
                file.Sync(SyncPoint.ArtifactContent);
                _disk.Rename(beside, path);
            }
            _disk.SyncFolder(prefix, SyncPoint.ArtifactName);
            settled = true;
        }
    }

    private void Touched(ContentHash hash)
    {
        _recent.Touch(hash);
        _sweep?.Touch(hash);
    }

    /// <summary>Makes durable what a process before left, or an operation that failed late.</summary>
    private void Settle(ContentHash hash)
    {
        ref var settled = ref _settled[PrefixOf(hash)];
        var prefix = Path.GetDirectoryName(PathOf(hash))!;
        if (settled || !_disk.FolderExists(prefix)) return;
        _disk.CreateFolderDurably(prefix);
        _disk.SyncFolder(prefix, SyncPoint.FoundArtifacts);
        settled = true;
    }

    private long Length(string path)
    {
        using var file = _disk.OpenForReading(path);
        return file?.Length ?? -1;
    }

    /// <summary>Whether a file is there whose bytes are those of another one.</summary>
    private bool Holds(string path, IDiskFile content)
    {
        using var file = _disk.OpenForReading(path);
        if (file is null || file.Length != content.Length) return false;
        var buffer = ArrayPool<byte>.Shared.Rent(2 * BufferBytes);
        try
        {
            var found = buffer.AsSpan(0, BufferBytes);
            var wanted = buffer.AsSpan(BufferBytes, BufferBytes);
            int read;
            for (long offset = 0; offset < content.Length; offset += read)
            {
                read = content.ReadFully(offset, wanted);
                if (read == 0 || file.ReadFully(offset, found) != read || !found[..read].SequenceEqual(wanted[..read])) return false;
            }
            return true;
        }
        catch (IOException)
        {
            // What cannot be read is damaged as well.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Lock GateOf(ContentHash hash) => _gates[PrefixOf(hash)];

    private static int PrefixOf(ContentHash hash) =>
        int.Parse(hash.ToString().AsSpan(0, PrefixDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
