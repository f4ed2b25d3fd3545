using System.Globalization;
using System.Text;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Folders;

/// <summary>
/// The lock of a folder. It is the operating system's and ends with the process, however that ends; the process id beside it is only for
/// the message.
/// </summary>
internal static class FolderLock
{
    private const string Name = "lock";
    private const string OwnerName = "lock.owner";

    /// <summary>Whether a file of that name belongs to the lock.</summary>
    public static bool IsFile(string name) => name is Name or OwnerName;

    /// <summary>Takes the lock until the stream is disposed of.</summary>
    /// <exception cref="FolderInUseException">Another process, or another part of this one, has it.</exception>
    /// <exception cref="StoreReadOnlyException">The folder may not be written.</exception>
    /// <exception cref="StoreFullException">There was no lock, and there is no space for one.</exception>
    /// <exception cref="IOException">The lock could not be looked at, e.g. for want of file handles: nothing says that somebody has it.</exception>
    public static FileStream Take(string folder)
    {
        var owner = Path.Combine(folder, OwnerName);
        FileStream? taken = null;
        try
        {
            taken = new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WriteOwner(owner);
            return taken;
        }
        catch (IOException e) when (taken is null && DiskErrors.IsTaken(e))
        {
            throw new FolderInUseException(folder, ReadOwner(owner));
        }
        catch (Exception e)
        {
            taken?.Dispose();
            throw Translated(folder, e);
        }
    }

    private static Exception Translated(string folder, Exception exception) => exception switch
    {
        _ when DiskErrors.IsReadOnly(exception) => new StoreReadOnlyException(folder, exception),
        IOException e when DiskErrors.IsFull(e) => new StoreFullException(folder, e),
        _ => exception,
    };

    // It is only for a message, and a full disk is no reason not to open what is there. Written over what was there it needs no space;
    // where that fails all the same, a message that names nobody is better than a wrong one.
    private static void WriteOwner(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.SetLength(file.Position);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            SystemDisk.Instance.DeleteQuietly(path);
        }
    }

    private static string ReadOwner(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } owner ? owner : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
