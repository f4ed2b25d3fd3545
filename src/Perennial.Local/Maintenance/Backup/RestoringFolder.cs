using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>The folder beside the one that is restored to. It has a name that somebody else may have used: only what a restoring made there is ever removed.</summary>
/// <param name="path">Where it is.</param>
internal sealed class RestoringFolder(string path)
{
    public string Path => path;

    /// <summary>Creates it, or clears it of what a restoring that was killed left, and locks it until the stream is disposed of.</summary>
    /// <exception cref="BackupRefusedException">Something else is in it; nothing was removed.</exception>
    /// <exception cref="FolderInUseException">Another restoring is under way.</exception>
    public FileStream Take()
    {
        // Looked at also before, so that not even a lock is put beside what is somebody else's.
        if (Directory.Exists(path)) RequireOwn();
        Directory.CreateDirectory(path);
        var held = FolderLock.Take(path);
        try
        {
            Clear();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Removes the folder after a failure. What somebody else has put there meanwhile stays, with the folder.</summary>
    /// <param name="held">The lock; given up once nothing but its own files is left.</param>
    public void Remove(FileStream held)
    {
        try
        {
            if (!Directory.Exists(path)) return;
            Clear();
            if (OperatingSystem.IsWindows()) held.Dispose();
            foreach (var name in Directory.GetFiles(path)) File.Delete(name);
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed before is told. The next restoring clears what is ours.
        }
        finally
        {
            held.Dispose();
        }
    }

    /// <summary>Removes all but the lock, or nothing when not all of it is ours.</summary>
    private void Clear()
    {
        RequireOwn();
        foreach (var folder in Directory.GetDirectories(path)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(path))
            if (!FolderLock.IsFile(System.IO.Path.GetFileName(file))) File.Delete(file);
    }

    private void RequireOwn()
    {
        RequireNoLink(path);
        RequireOwn(path, "");
    }

    private static void RequireOwn(string folder, string name)
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            RequireNoLink(file);
            if (!IsOwn(name, System.IO.Path.GetFileName(file))) throw InTheWay(file);
        }
        foreach (var inner in Directory.GetDirectories(folder))
        {
            RequireNoLink(inner);
            var innerName = name + System.IO.Path.GetFileName(inner) + "/";
            if (!BackupNames.IsAllowed(innerName + "x")) throw InTheWay(inner);
            RequireOwn(inner, innerName);
        }
    }

    private static bool IsOwn(string folder, string name)
    {
        if (folder.Length == 0 && FolderLock.IsFile(name)) return true;
        if (name.EndsWith(DiskExtensions.UnfinishedEnding, StringComparison.Ordinal)) name = name[..^DiskExtensions.UnfinishedEnding.Length];
        return BackupNames.IsAllowed(folder + name);
    }

    // What is behind a link is somebody else's.
    private static void RequireNoLink(string entry)
    {
        if (File.GetAttributes(entry).HasFlag(FileAttributes.ReparsePoint)) throw InTheWay(entry);
    }

    private static BackupRefusedException InTheWay(string entry) => new($"'{entry}' is in the way. Move it, or choose another folder.");
}
