using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage;

/// <summary>
/// A disk in memory that forgets at a crash whatever was not synced: content since the file's last sync, names since the folder's.
/// It records every call, and a fault can be planted before any of them.
/// </summary>
internal sealed class SimulatedDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal) { ["/"] = new() };

    /// <summary>Every changing call so far, e.g. <c>sync /a/b</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called with operation and path before a change; what it returns is thrown.</summary>
    public Func<string, string, Exception?>? Fault { get; set; }

    /// <summary>While it is set, nothing that needs space succeeds: no new file or folder, no growing of a file.</summary>
    public bool IsFull { get; set; }

    /// <summary>The disk as it is found after the power failed now.</summary>
    public SimulatedDisk Crash()
    {
        lock (_lock)
        {
            var after = new SimulatedDisk();
            foreach (var path in _folders.Keys.Where(Survives).OrderBy(path => path, StringComparer.Ordinal))
            {
                var copy = new Folder();
                after._folders[path] = copy;
                foreach (var (name, node) in _folders[path].DurableFiles)
                {
                    var content = new Node { Content = (byte[])node.Durable.Clone(), Durable = (byte[])node.Durable.Clone() };
                    copy.Files[name] = content;
                    copy.DurableFiles[name] = content;
                }
            }
            foreach (var path in after._folders.Keys.Where(path => path != "/")) after._folders[Parent(path)].DurableFolders.Add(Path.GetFileName(path));
            return after;
        }
    }

    public byte[] Content(string path)
    {
        lock (_lock) return (byte[])_folders[Parent(path)].Files[Path.GetFileName(path)].Content.Clone();
    }

    public bool FileExists(string path)
    {
        lock (_lock) return _folders.TryGetValue(Parent(path), out var folder) && folder.Files.ContainsKey(Path.GetFileName(path));
    }

    public bool FolderExists(string path)
    {
        lock (_lock) return _folders.ContainsKey(path);
    }

    public void CreateFolder(string path) => Change("mkdir", path, () =>
    {
        if (!_folders.ContainsKey(Parent(path))) throw new DirectoryNotFoundException(path);
        _folders.TryAdd(path, new Folder());
    });

    public IReadOnlyList<string> Files(string folder)
    {
        lock (_lock) return [.. _folders[folder].Files.Keys.OrderBy(name => name, StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Folders(string folder)
    {
        lock (_lock) return [.. _folders.Keys.Where(path => path != "/" && Parent(path) == folder).Select(path => Path.GetFileName(path)).OrderBy(name => name, StringComparer.Ordinal)];
    }

    public IDiskFile Create(string path)
    {
        var node = new Node();
        Change("create", path, () => _folders[Parent(path)].Files[Path.GetFileName(path)] = node);
        return new OpenFile(this, path, node);
    }

    public IDiskFile OpenForWriting(string path) => OpenForReading(path) ?? throw new FileNotFoundException(path);

    public IDiskFile? OpenForReading(string path)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue(Parent(path), out var folder) || !folder.Files.TryGetValue(Path.GetFileName(path), out var node)) return null;
            return new OpenFile(this, path, node);
        }
    }

    public void Rename(string from, string to) => Change("rename", to, () =>
    {
        if (!_folders[Parent(from)].Files.Remove(Path.GetFileName(from), out var node)) throw new FileNotFoundException(from);
        _folders[Parent(to)].Files[Path.GetFileName(to)] = node;
    });

    public void Delete(string path) => Change("delete", path, () => _folders[Parent(path)].Files.Remove(Path.GetFileName(path)));

    public void SyncFolder(string path, SyncPoint point) => Change("syncfolder", path, () =>
    {
        var folder = _folders[path];
        folder.DurableFiles = new(folder.Files, StringComparer.Ordinal);
        folder.DurableFolders = [.. Folders(path)];
    });

    private static string Parent(string path) => Path.GetDirectoryName(path)!;

    private bool Survives(string path) =>
        path == "/" || (Survives(Parent(path)) && _folders[Parent(path)].DurableFolders.Contains(Path.GetFileName(path)));

    private void Change(string operation, string path, Action change)
    {
        lock (_lock)
        {
            Calls.Add($"{operation} {path}");
            if (Fault?.Invoke(operation, path) is { } fault) throw fault;
            if (IsFull && operation is "create" or "mkdir") throw new StoreFullException(path);
            change();
        }
    }

    private sealed class Folder
    {
        public Dictionary<string, Node> Files { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Node> DurableFiles { get; set; } = new(StringComparer.Ordinal);

        public HashSet<string> DurableFolders { get; set; } = new(StringComparer.Ordinal);
    }

    private sealed class Node
    {
        public byte[] Content { get; set; } = [];

        public byte[] Durable { get; set; } = [];
    }

    private sealed class OpenFile(SimulatedDisk disk, string path, Node node) : IDiskFile
    {
        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk._lock) return node.Content.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._lock)
            {
                var content = node.Content;
                var length = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
                content.AsSpan((int)Math.Min(offset, content.Length), length).CopyTo(buffer);
                return length;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            disk.Change("write", path, () =>
            {
                if (node.Content.Length < offset + copy.Length && disk.IsFull) throw new StoreFullException(path);
                if (node.Content.Length < offset + copy.Length) Resize(offset + copy.Length);
                copy.CopyTo(node.Content, (int)offset);
            });
        }

        public void SetLength(long length) => disk.Change("truncate", path, () => Resize(length));

        public void Sync(SyncPoint point) => disk.Change("sync", path, () => node.Durable = (byte[])node.Content.Clone());

        public void Dispose()
        {
        }

        private void Resize(long length)
        {
            var content = node.Content;
            Array.Resize(ref content, (int)length);
            node.Content = content;
        }
    }
}
