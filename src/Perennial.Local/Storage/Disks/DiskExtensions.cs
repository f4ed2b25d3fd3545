namespace Perennial.Local.Storage.Disks;

/// <summary>Durable steps made of the disk's operations.</summary>
internal static class DiskExtensions
{
    /// <summary>The ending of files that are not finished; such a file is rubbish after a crash.</summary>
    public const string UnfinishedEnding = ".tmp";

    /// <summary>
    /// Makes sure that a folder is there durably, with its parents. The last one that is there may have been made by a process that died before
    /// its sync, so that its name is synced too; the parents of that one are durable, or it would not have been made.
    /// </summary>
    public static void CreateFolderDurably(this IDisk disk, string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent) return;
        var found = disk.FolderExists(path);
        if (!found)
        {
            disk.CreateFolderDurably(parent);
            disk.CreateFolder(path);
        }
        try
        {
            disk.SyncFolder(parent, SyncPoint.FolderMade);
        }
        catch (UnauthorizedAccessException) when (found)
        {
            // Whose folders we may not list, in them we made none.
        }
    }

    /// <summary>Writes a whole file, in place of any other, atomically and durably: beside, synced, renamed, folder synced.</summary>
    public static void WriteDurably(this IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        var beside = path + UnfinishedEnding;
        try
        {
            using var file = disk.Create(beside);
            file.Write(0, content);
            disk.Publish(file, path);
        }
        catch (IOException)
        {
            disk.DeleteQuietly(beside);
            throw;
        }
    }

    /// <summary>Gives a file that was written beside its name, in place of any other, atomically and durably, and closes it.</summary>
    public static void Publish(this IDisk disk, IDiskFile file, string path)
    {
        file.Sync(SyncPoint.FileContent);
        file.Dispose();
        disk.Rename(file.Path, path);
        disk.SyncFolder(Path.GetDirectoryName(path)!, SyncPoint.FileName);
    }

    /// <summary>Reads a whole file, or null when there is none.</summary>
    public static byte[]? ReadWhole(this IDisk disk, string path)
    {
        using var file = disk.OpenForReading(path);
        if (file is null) return null;
        var content = new byte[file.Length];
        var read = file.ReadFully(0, content);
        return read == content.Length ? content : content[..read];
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public static int ReadFully(this IDiskFile file, long offset, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = file.Read(offset + total, buffer[total..]);
            if (read == 0) break;
            total += read;
        }
        return total;
    }

    /// <summary>Removes what is only rubbish: when it fails now, the next opening removes it.</summary>
    public static void DeleteQuietly(this IDisk disk, string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Removes the unfinished files of a crash.</summary>
    public static void DeleteUnfinished(this IDisk disk, string folder)
    {
        foreach (var name in disk.Files(folder).Where(name => name.EndsWith(UnfinishedEnding, StringComparison.Ordinal)))
            disk.Delete(Path.Combine(folder, name));
    }
}
