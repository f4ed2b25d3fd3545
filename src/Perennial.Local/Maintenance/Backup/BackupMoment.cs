using System.Formats.Tar;
using System.Text.Json;
using Perennial.Core;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>The files of one moment, to be written once. Open files are closed when it is disposed of.</summary>
public sealed class BackupMoment : IDisposable
{
    private static readonly IDisk Disk = SystemDisk.Instance;
    private readonly DataFolder _folder;
    private readonly ArtifactFolder _artifacts;
    private readonly Dictionary<string, (HeldFile File, IDiskFile? Open)> _files = new(StringComparer.Ordinal);

    internal BackupMoment(DataFolder folder, ArtifactFolder artifacts)
    {
        _folder = folder;
        _artifacts = artifacts;
    }

    /// <summary>Closes what is still open.</summary>
    public void Dispose()
    {
        foreach (var (_, open) in _files.Values) open?.Dispose();
        _files.Clear();
    }

    /// <summary>Writes the archive: a tar (PAX) of all files, each hashed on the way, with parts of the manifest between and at the end.</summary>
    /// <exception cref="IOException">A file cannot be read, or the target not written: what was written is no whole backup.</exception>
    public async Task WriteTo(Stream target, CancellationToken cancellationToken = default)
    {
        var archive = new Archive(new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true), cancellationToken);
        await using (archive.Tar)
        {
            await archive.AddFile(BackupNames.Format, Path.Combine(_folder.Path, BackupNames.Format));
            foreach (var (name, (file, open)) in _files)
            {
                using var read = open ?? Disk.OpenForReading(file.Path) ?? throw new IOException($"'{file.Path}' is missing.");
                await archive.Add(name, read, file.Length);
            }
            await archive.AddFile(BackupNames.Clock, Path.Combine(_folder.Path, BackupNames.Clock));
            // All that the files speak of is there by now; what came since is harmless.
            await foreach (var hash in _artifacts.List(cancellationToken))
            {
                var path = _artifacts.PathOf(hash);
                await archive.AddFile(BackupNames.Of(_folder.Path, path), path);
            }
            await archive.Finish();
        }
    }

    /// <summary>Adds a file that may be removed or replaced at any time: it is opened now. False when it is gone already.</summary>
    internal bool AddOpen(string path, long? length = null)
    {
        var name = BackupNames.Of(_folder.Path, path);
        if (_files.ContainsKey(name)) return true;
        if (Disk.OpenForReading(path) is not { } open) return false;
        _files.Add(name, (new HeldFile(path, length ?? open.Length), open));
        return true;
    }

    /// <summary>Adds a file that is only ever appended to.</summary>
    internal void AddLater(HeldFile file) => _files.Add(BackupNames.Of(_folder.Path, file.Path), (file, null));

    private sealed class Archive(TarWriter tar, CancellationToken cancellationToken)
    {
        private readonly List<BackupEntry> _entries = [];
        private int _part;

        public TarWriter Tar => tar;

        /// <summary>A whole file; one that is not there any more, or not yet, is left out.</summary>
        public async Task AddFile(string name, string path)
        {
            using var file = Disk.OpenForReading(path);
            if (file is not null) await Add(name, file, file.Length);
        }

        public async Task Add(string name, IDiskFile file, long length)
        {
            await using var content = new HashedStream(file, length);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, cancellationToken);
            _entries.Add(new BackupEntry(name, length, content.Sha256()));
            if (_entries.Count == BackupManifest.EntriesAPart) await WritePart(last: false);
        }

        public Task Finish() => WritePart(last: true);

        private async Task WritePart(bool last)
        {
            var part = new BackupManifest(++_part, last, _entries);
            using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(part, CoreJson.Options));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, part.Name) { DataStream = content }, cancellationToken);
            _entries.Clear();
        }
    }
}
