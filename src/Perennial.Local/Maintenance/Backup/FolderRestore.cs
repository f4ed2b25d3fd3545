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
        var beside = folder + BesideEnding;
        Directory.CreateDirectory(beside);
        var made = new HashSet<string>(StringComparer.Ordinal);
        var @lock = FolderLock.Take(beside);
        try
        {
            Empty(beside);
            var contents = BackupReader.Read(source, Place, cancellationToken);
            if (!FolderFormat.Check(disk, beside)) throw new BackupRefusedException($"The archive holds no {FolderFormat.Name}. Take another one.");
            @lock.Dispose();
            RequireEmpty(folder);
            if (Directory.Exists(folder)) Directory.Delete(folder);
            Directory.Move(beside, folder);
            disk.CreateFolderDurably(folder);
            return contents;
        }
        catch
        {
            @lock.Dispose();
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            throw;
        }

        void Place(string name, Stream content)
        {
            var path = Path.Combine(beside, name);
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

    /// <summary>Removes what a restoring that was killed left; anything else there is not ours to remove.</summary>
    private static void Empty(string beside)
    {
        foreach (var entry in Directory.GetFileSystemEntries(beside))
        {
            var name = Path.GetFileName(entry);
            if (FolderLock.IsFile(name)) continue;
            if (Directory.Exists(entry) && BackupNames.IsAllowed(name + "/x")) Directory.Delete(entry, recursive: true);
            else if (BackupNames.IsAllowed(name) || BackupNames.IsAllowed(Path.GetFileNameWithoutExtension(name))) File.Delete(entry);
            else throw new BackupRefusedException($"'{entry}' is in the way. Move it, or choose another folder.");
        }
    }
}
