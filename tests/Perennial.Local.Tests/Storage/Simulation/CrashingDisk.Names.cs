using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <content>The disk's operations on names.</content>
internal sealed partial class CrashingDisk
{
    public bool FileExists(string path)
    {
        lock (_lock) return Look(path) is CrashingFile;
    }

    public bool FolderExists(string path)
    {
        lock (_lock) return _folders.ContainsKey(path);
    }

    public IReadOnlyList<string> Files(string folder) => Names(folder, file => file is CrashingFile);

    public IReadOnlyList<string> Folders(string folder) => Names(folder, node => node is CrashingFolder);

    public void CreateFolder(string path)
    {
        lock (_lock)
        {
            if (_folders.ContainsKey(path)) return;
            var (parent, name) = Parent(path);
            var fault = Fate("make folder", path, needsSpace: true, out var acts);
            if (acts)
            {
                var folder = new CrashingFolder(path);
                _folders[path] = folder;
                parent.Live[name] = folder;
                parent.Pending.Add(new NameChange(_order++, parent, name, folder));
            }
            if (fault is not null) throw fault;
        }
    }

    public IDiskFile Create(string path)
    {
        lock (_lock)
        {
            var (parent, name) = Parent(path);
            var fault = Fate("create", path, needsSpace: true, out var acts);
            var file = Look(path) as CrashingFile;
            if (acts)
            {
                // A file that is there is emptied and stays the same file.
                if (file is not null) file.SetLength(0);
                else
                {
                    parent.Live[name] = file = new CrashingFile { Name = path };
                    parent.Pending.Add(new NameChange(_order++, parent, name, file));
                }
            }
            return fault is null ? new OpenFile(this, path, file!) : throw fault;
        }
    }

    public IDiskFile OpenForWriting(string path) => OpenForReading(path) ?? throw new FileNotFoundException(path);

    public IDiskFile? OpenForReading(string path)
    {
        lock (_lock)
        {
            if (HasStopped) throw new StoppedException();
            return Look(path) is CrashingFile file ? new OpenFile(this, path, file) : null;
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            var (source, sourceName) = Parent(from);
            var (target, targetName) = Parent(to);
            if (!source.Live.TryGetValue(sourceName, out var node) && !HasStopped) throw new FileNotFoundException(from);
            var fault = Fate("rename to", to, needsSpace: false, out var acts);
            if (acts)
            {
                source.Live.Remove(sourceName);
                target.Live[targetName] = node!;
                target.Pending.Add(new NameChange(_order++, target, targetName, node, source, sourceName));
            }
            if (fault is not null) throw fault;
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            if (!HasStopped && Look(path) is not CrashingFile) return;
            var fault = Fate("delete", path, needsSpace: false, out var acts);
            if (acts)
            {
                var (parent, name) = Parent(path);
                parent.Live.Remove(name);
                parent.Pending.Add(new NameChange(_order++, parent, name, null));
            }
            if (fault is not null) throw fault;
        }
    }

    public void SyncFolder(string path, SyncPoint point)
    {
        BeforeSync?.Invoke();
        lock (_lock)
        {
            var fault = Fate($"sync folder ({point})", path, needsSpace: false, out var acts);
            if (point != Ignored)
            {
                // File systems journal names: those that a failed sync has not made durable are still to be written, in order.
                var folder = _folders[path];
                var kept = fault is null ? folder.Pending.Count : acts ? _dice.Next(folder.Pending.Count + 1) : 0;
                for (var i = 0; i < kept; i++) folder.Pending[i].Keep();
                folder.Pending.RemoveRange(0, kept);
            }
            if (fault is not null) throw fault;
        }
    }

    private IReadOnlyList<string> Names(string folder, Func<object, bool> isOne)
    {
        lock (_lock)
        {
            if (HasStopped) throw new StoppedException();
            var names = new List<string>();
            foreach (var (name, node) in _folders[folder].Live)
            {
                if (isOne(node)) names.Add(name);
            }
            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    private object? Look(string path)
    {
        var cut = path.LastIndexOf('/');
        return _folders.TryGetValue(cut == 0 ? "/" : path[..cut], out var folder) ? folder.Live.GetValueOrDefault(path[(cut + 1)..]) : null;
    }

    private (CrashingFolder Folder, string Name) Parent(string path)
    {
        var cut = path.LastIndexOf('/');
        var parent = cut == 0 ? "/" : path[..cut];
        return (_folders.GetValueOrDefault(parent) ?? throw new DirectoryNotFoundException(parent), path[(cut + 1)..]);
    }

    /// <summary>An open file. It is dead once the process is.</summary>
    private sealed class OpenFile(CrashingDisk disk, string path, CrashingFile file) : IDiskFile
    {
        private readonly int _life = disk._life;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk._lock) return file.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._lock)
            {
                if (disk.HasStopped || _life != disk._life) throw new StoppedException();
                return file.Read(offset, buffer);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._lock)
            {
                var fault = Fate("write", needsSpace: offset + bytes.Length > file.Length, out var acts);
                if (acts) file.Write(offset, fault is null ? bytes : bytes[..disk._dice.Next(bytes.Length + 1)]);
                if (fault is not null) throw fault;
            }
        }

        public void SetLength(long length)
        {
            lock (disk._lock)
            {
                var fault = Fate("set length", needsSpace: length > file.Length, out var acts);
                if (acts) file.SetLength((int)length);
                if (fault is not null) throw fault;
            }
        }

        public void Sync(SyncPoint point)
        {
            disk.BeforeSync?.Invoke();
            lock (disk._lock)
            {
                var fault = Fate($"sync ({point})", needsSpace: false, out var acts);
                if (point != disk.Ignored)
                {
                    if (fault is null || (acts && disk._dice.Coin())) file.Sync();
                    else if (!disk.HasStopped) file.FailSync(disk._dice, disk._sector);
                }
                if (fault is not null) throw fault;
            }
        }

        public void Dispose()
        {
        }

        private Exception? Fate(string operation, bool needsSpace, out bool acts)
        {
            acts = false;
            return _life != disk._life ? new StoppedException() : disk.Fate(operation, path, needsSpace, out acts);
        }
    }
}
