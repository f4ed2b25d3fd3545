using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Perennial.Local.Storage.Disks;

/// <summary>fdatasync and the sync of a folder, which .NET does not offer.</summary>
internal static class PosixSync
{
    private const int ReadOnly = 0;
    private const int AccessDenied = 13;

    /// <summary>Makes a file's content and length durable; its times may lag, which spares a journal commit where the length stays.</summary>
    public static void File(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(handle);
        else if (DataSync(handle) != 0) throw Failed("fdatasync");
    }

    /// <summary>Makes the names in a folder durable. Windows has no such call: NTFS journals its names.</summary>
    /// <exception cref="UnauthorizedAccessException">The process may not list the folder.</exception>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Failed($"open '{path}'");
        try
        {
            if (Sync(descriptor) != 0) throw Failed($"fsync '{path}'");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static Exception Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        var message = $"{call}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error == AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int DataSync(SafeFileHandle handle);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
