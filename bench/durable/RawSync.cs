using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Perennial.Local.Storage.Disks;

namespace Perennial.Durable.Bench;

/// <summary>
/// What the disk itself can do: one writer, a file written before, fdatasync after each write. The file is the same all along, since
/// making and deleting files makes the file system commit its journal, which would slow the syncs that follow.
/// </summary>
internal sealed class RawSync : IDisposable
{
    private const int FileBytes = 16 * 1024 * 1024;
    private readonly SafeFileHandle _handle;
    private int _offset;

    public RawSync(string path)
    {
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        RandomAccess.Write(_handle, new byte[FileBytes], 0);
        PosixSync.File(_handle);
    }

    /// <summary>Syncs per second of writes of so many bytes each, one after another in the file.</summary>
    public double Rate(int bytes, double seconds)
    {
        var record = new byte[bytes];
        Array.Fill(record, (byte)7);
        var count = 0;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            if (_offset + bytes > FileBytes) _offset = 0;
            RandomAccess.Write(_handle, record, _offset);
            PosixSync.File(_handle);
            _offset += bytes;
            count++;
        }
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _handle.Dispose();
}
