using Microsoft.Win32.SafeHandles;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Disks;

/// <summary>The operating system's files.</summary>
internal sealed class SystemDisk : IDisk
{
    public static SystemDisk Instance { get; } = new();

    public bool FileExists(string path) => File.Exists(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Translated(path, () => Directory.CreateDirectory(path));

    public IReadOnlyList<string> Files(string folder) => Names(Directory.EnumerateFiles(folder));

    public IReadOnlyList<string> Folders(string folder) => Names(Directory.EnumerateDirectories(folder));

    public IDiskFile Create(string path) =>
        Translated(path, () => new OpenFile(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));

    /// <summary>A new, empty file for writing where there is none.</summary>
    /// <exception cref="IOException">There is one; it was not touched.</exception>
    public IDiskFile CreateNew(string path) =>
        Translated(path, () => new OpenFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));

    public IDiskFile OpenForWriting(string path) =>
        Translated(path, () => new OpenFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));

    public IDiskFile? OpenForReading(string path)
    {
        try
        {
            return new OpenFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Rename(string from, string to) => Translated(to, () => File.Move(from, to, overwrite: true));

    public void Delete(string path) => Translated(path, () => File.Delete(path));

    public void SyncFolder(string path, SyncPoint point) => Translated(path, () => PosixSync.Folder(path));

    public DateTimeOffset? LastWritten(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;

    public void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string[] Names(IEnumerable<string> paths)
    {
        var names = paths.Select(path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static void Translated(string path, Action action) => Translated(path, () =>
    {
        action();
        return true;
    });

    private static T Translated<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw new StoreFullException(path, e);
        }
        catch (Exception e) when (DiskErrors.IsReadOnly(e))
        {
            throw new StoreReadOnlyException(path, e);
        }
    }

    private sealed class OpenFile(string path, SafeFileHandle handle) : IDiskFile
    {
        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (IOException e) when (DiskErrors.IsFull(e))
            {
                throw new StoreFullException(path, e);
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync(SyncPoint point) => Translated(path, () => PosixSync.File(handle));

        public void Dispose() => handle.Dispose();
    }
}
