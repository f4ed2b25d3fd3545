using Perennial.Core.Ports;

namespace Perennial.Cli.Commands;

/// <summary>Files on the command line that are to hold a backup, or do.</summary>
internal static class BackupTarget
{
    /// <summary>The file that a backup may be written to.</summary>
    /// <exception cref="UsageException">It is a folder, in none, or there already and may not be overwritten.</exception>
    public static FileInfo Of(FileInfo file, bool overwrite)
    {
        if (Directory.Exists(file.FullName)) throw new UsageException($"'{file}' is a folder. Name a file in it, e.g. '{Path.Combine(file.ToString(), "perennial.tar")}'.");
        if (file.Directory is { Exists: false } missing) throw new UsageException($"There is no folder '{missing.FullName}'. Make it, or name another file.");
        if (file.Exists && !overwrite) throw new UsageException($"'{file}' is there already. Name another file, or give --overwrite.");
        return file;
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="UsageException">It may not be written there.</exception>
    public static async Task<T> Writing<T>(FileInfo file, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or StoreReadOnlyException or FileNotFoundException or DirectoryNotFoundException)
        {
            // The file that could not be written is one beside it, which nobody has named.
            throw new UsageException($"'{file}' may not be written. Name another file.");
        }
    }

    /// <summary>Whether a file is compressed by gzip, as its first two bytes say (RFC 1952, section 2.3.1).</summary>
    public static bool IsGzip(FileInfo file)
    {
        using var stream = file.OpenRead();
        return stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
    }
}
