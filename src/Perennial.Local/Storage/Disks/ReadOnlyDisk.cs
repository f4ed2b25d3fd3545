using System.Collections.Concurrent;

namespace Perennial.Local.Storage.Disks;

/// <summary>
/// Lets a store be opened for a look: what opening would remove or cut looks removed and cut, and the disk stays as it is. Writing is refused.
/// </summary>
internal sealed class ReadOnlyDisk(IDisk inner) : IDisk
{
    private readonly ConcurrentDictionary<string, byte> _removed = new(StringComparer.Ordinal);

    public bool FileExists(string path) => !_removed.ContainsKey(path) && inner.FileExists(path);

    public bool FolderExists(string path) => inner.FolderExists(path);

    public void CreateFolder(string path)
    {
    }

    public IReadOnlyList<string> Files(string folder) =>
        inner.FolderExists(folder) ? [.. inner.Files(folder).Where(name => !_removed.ContainsKey(Path.Combine(folder, name)))] : [];

    public IReadOnlyList<string> Folders(string folder) => inner.FolderExists(folder) ? inner.Folders(folder) : [];

    public IDiskFile Create(string path) => throw Refused(path);

    public IDiskFile OpenForWriting(string path) => OpenForReading(path) ?? throw new FileNotFoundException($"There is no file '{path}'.");

    public IDiskFile? OpenForReading(string path) => FileExists(path) && inner.OpenForReading(path) is { } file ? new Look(file) : null;

    public void Rename(string from, string to) => throw Refused(to);

    public void Delete(string path) => _removed[path] = 0;

    public void SyncFolder(string path, SyncPoint point)
    {
    }

    private static IOException Refused(string path) => new($"'{path}' is only looked at, not written.");

    private sealed class Look(IDiskFile file) : IDiskFile
    {
        private long _length = file.Length;

        public string Path => file.Path;

        public long Length => _length;

        public int Read(long offset, Span<byte> buffer) =>
            offset >= _length ? 0 : file.Read(offset, buffer[..(int)Math.Min(buffer.Length, _length - offset)]);

        /// <summary>Opening may write again what is there already.</summary>
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var there = new byte[bytes.Length];
            if (this.ReadFully(offset, there) != there.Length || !bytes.SequenceEqual(there)) throw Refused(file.Path);
        }

        public void SetLength(long length) => _length = Math.Min(length, _length);

        public void Sync(SyncPoint point)
        {
        }

        public void Dispose() => file.Dispose();
    }
}
