using System.Globalization;
using System.Text;
using System.Text.Json;
using Perennial.Core;
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

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
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
        disk.CreateFolderDurably(path);
        var folder = new DataFolder(path, TakeLock(path));
        try
        {
            disk.DeleteUnfinished(path);
            CheckFormat(disk, path);
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

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        var owner = System.IO.Path.Combine(path, "lock.owner");
        try
        {
            var taken = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WriteOwner(owner);
            return taken;
        }
        catch (Exception e) when (DiskErrors.IsReadOnly(e))
        {
            throw new StoreReadOnlyException(path, e);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw new StoreFullException(path, e);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new FolderInUseException(path, ReadOwner(owner));
        }
    }

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

    private static void CheckFormat(SystemDisk disk, string path)
    {
        var file = System.IO.Path.Combine(path, "format.json");
        if (disk.ReadWhole(file) is not { } bytes)
        {
            disk.WriteDurably(file, JsonSerializer.SerializeToUtf8Bytes(new FolderFormat(Format), CoreJson.Indented));
            return;
        }
        var format = Parse(bytes)?.Format
            ?? throw new FolderFormatException(path, $"its format.json is no format file: {Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(100, bytes.Length)))}");
        if (format > Format)
            throw new FolderFormatException(path, $"it has format {format}, and this version reads formats up to {Format}. Use the version that wrote it, or a newer one.");
        if (format < 1) throw new FolderFormatException(path, $"it has format {format}, which never was.");
    }

    private static FolderFormat? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<FolderFormat>(bytes, CoreJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record FolderFormat(int Format);
}
