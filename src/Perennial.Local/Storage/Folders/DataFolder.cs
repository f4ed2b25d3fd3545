using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Folders;

/// <summary>
/// The host's folder: its layout, its format and its lock. One process owns it while this is open. The lock is the operating
/// system's and ends with the process, however that ends; the process id beside it is only for the message.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>The format that this version writes, and the newest that it reads.</summary>
    public const int Format = 1;

    private readonly FileStream? _lock;

    private DataFolder(string path, FileStream? @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>Content by hash.</summary>
    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>The table journal.</summary>
    public string Tables => System.IO.Path.Combine(Path, "tables");

    /// <summary>The engine's journal.</summary>
    public string Orchestrations => System.IO.Path.Combine(Path, "orchestrations");

    /// <summary>Predictions and labels.</summary>
    public string Predictions => System.IO.Path.Combine(Path, "predictions");

    /// <summary>Named blobs.</summary>
    public string Blobs => System.IO.Path.Combine(Path, "blobs");

    /// <summary>Files that people put there to start a pipeline.</summary>
    public string Inbox => System.IO.Path.Combine(Path, "inbox");

    /// <summary>Opens or creates a folder and takes its lock.</summary>
    /// <exception cref="FolderInUseException">Another process, or another part of this one, has it open.</exception>
    /// <exception cref="FolderFormatException">A newer version wrote it, or it is none of ours.</exception>
    /// <exception cref="StoreReadOnlyException">It may not be written.</exception>
    /// <exception cref="StoreFullException">There is no space to create it; one that is there opens without any.</exception>
    public static DataFolder Open(string path)
    {
        var disk = SystemDisk.Instance;
        path = System.IO.Path.GetFullPath(path);
        RefuseForeign(disk, path);
        disk.CreateFolderDurably(path);
        var folder = new DataFolder(path, FolderLock.Take(path));
        try
        {
            disk.DeleteUnfinished(path);
            if (!FolderFormat.Check(disk, path)) FolderFormat.Write(disk, path);
            foreach (var part in new[] { folder.Artifacts, folder.Tables, folder.Orchestrations, folder.Predictions, folder.Blobs, folder.Inbox })
                disk.CreateFolderDurably(part);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    // Before anything is written, removed or locked: it may be anybody's. What a first start leaves when it is cut short is ours, and a volume's root has lost+found.
    private static void RefuseForeign(IDisk disk, string path)
    {
        if (!disk.FolderExists(path)) return;
        var foreign = disk.Folders(path).Where(name => name is not ("inbox" or "lost+found"))
            .Concat(disk.Files(path).Where(name => !FolderLock.IsFile(name) && name != FolderFormat.Name + DiskExtensions.UnfinishedEnding)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (foreign is not null && !disk.FileExists(System.IO.Path.Combine(path, FolderFormat.Name)))
            throw new FolderFormatException(path, $"it holds '{foreign}' but no {FolderFormat.Name}. Choose a folder that is new or empty; if this is a host's folder, restore it from a backup.");
    }

    /// <summary>Takes the lock of a folder that is there, and changes nothing else.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or it is none of a host.</exception>
    /// <exception cref="FolderInUseException">A host serves it.</exception>
    internal static DataFolder Look(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var folder = new DataFolder(path, null);
        if (!SystemDisk.Instance.FileExists(System.IO.Path.Combine(path, FolderFormat.Name)) && !Directory.Exists(folder.Tables))
            throw new DirectoryNotFoundException($"'{path}' is no folder of a host. Name it with --data.");
        return new DataFolder(path, FolderLock.Take(path));
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _lock?.Dispose();
}
