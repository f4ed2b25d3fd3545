using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage;

/// <summary>A disk whose syncs and readings of files wait where they are told to, each without holding up the others.</summary>
internal sealed class HaltingDisk(IDisk disk, Action<string> beforeSync, Action<string>? beforeReading = null) : IDisk
{
    public bool FileExists(string path) => disk.FileExists(path);

    public bool FolderExists(string path) => disk.FolderExists(path);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public IReadOnlyList<string> Files(string folder) => disk.Files(folder);

    public IReadOnlyList<string> Folders(string folder) => disk.Folders(folder);

    public IDiskFile Create(string path) => new OpenFile(disk.Create(path), beforeSync);

    public IDiskFile OpenForWriting(string path) => new OpenFile(disk.OpenForWriting(path), beforeSync);

    public IDiskFile? OpenForReading(string path)
    {
        beforeReading?.Invoke(path);
        return disk.OpenForReading(path);
    }

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Delete(string path) => disk.Delete(path);

    public void SyncFolder(string path, SyncPoint point) => disk.SyncFolder(path, point);

    private sealed class OpenFile(IDiskFile file, Action<string> beforeSync) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync(SyncPoint point)
        {
            beforeSync(file.Path);
            file.Sync(point);
        }

        public void Dispose() => file.Dispose();
    }
}
