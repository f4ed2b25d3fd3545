using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>Makes a folder from a backup, whole or not at all: written beside, every byte checked and synced, then renamed.</summary>
public static class FolderRestore
{
    private const int BufferBytes = 256 * 1024;
    private const string BesideEnding = ".restoring";

    /// <summary>Restores an archive to a folder that is missing or empty.</summary>
    /// <param name="archive">The archive's file.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Told of the bytes of the archive so far.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BackupRefusedException">The folder holds something, or the archive is no whole backup.</exception>
    public static BackupContents Restore(string archive, string folder, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var disk = SystemDisk.Instance;
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(folder) is not { } parent) throw new BackupRefusedException($"'{folder}' cannot be restored to. Choose a folder that is new.");
        RequireEmpty(folder);
        using var source = new DiskStream(disk.OpenForReading(Path.GetFullPath(archive)) ?? throw new FileNotFoundException($"There is no file '{archive}'."));
        disk.CreateFolderDurably(parent);
        var beside = new RestoringFolder(folder + BesideEnding);
        var made = new HashSet<string>(StringComparer.Ordinal);
        using var held = beside.Take();
        try
        {
            var contents = BackupReader.Read(source, Place, cancellationToken);
            if (!FolderFormat.Check(disk, beside.Path)) throw new BackupRefusedException($"The archive holds no {FolderFormat.Name}. Take another one.");
            RequireEmpty(folder);
            if (Directory.Exists(folder)) Directory.Delete(folder);
            // Held through the move, so that no other restoring can empty the folder before it has its name; Windows moves nothing that is open.
            if (OperatingSystem.IsWindows()) held.Dispose();
            Directory.Move(beside.Path, folder);
            disk.CreateFolderDurably(folder);
            return contents;
        }
        catch
        {
            beside.Remove(held);
            throw;
        }

        void Place(string name, Stream content)
        {
            var path = Path.Combine(beside.Path, name);
            if (made.Add(Path.GetDirectoryName(path)!)) disk.CreateFolderDurably(Path.GetDirectoryName(path)!);
            Write(disk, path, content);
            progress?.Report(source.Position);
        }
    }

    private static void Write(IDisk disk, string path, Stream content)
    {
        if (disk.FileExists(path)) throw new BackupRefusedException($"The archive holds '{path}' twice. Take another one.");
        using var file = disk.Create(path + DiskExtensions.UnfinishedEnding);
        var buffer = new byte[BufferBytes];
        long at = 0;
        for (int read; (read = content.Read(buffer)) > 0; at += read) file.Write(at, buffer.AsSpan(0, read));
        disk.Publish(file, path);
    }

    private static void RequireEmpty(string folder)
    {
        if (File.Exists(folder)) throw new BackupRefusedException($"'{folder}' is a file. Choose a folder that is new or empty.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new BackupRefusedException($"'{folder}' is not empty, and nothing in it is overwritten. Choose a folder that is new, or move this one away.");
    }
}
