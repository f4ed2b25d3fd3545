using System.Security.Cryptography;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>Backups as files.</summary>
public static class BackupArchive
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Writes an archive that arrives to a file, in place of any other: beside, synced, checked whole, renamed. A failure leaves nothing.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told of the bytes so far.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BackupRefusedException">What arrived is no whole backup.</exception>
    /// <exception cref="IOException">It broke off, or could not be written.</exception>
    public static async Task<BackupContents> Receive(Stream source, string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var disk = SystemDisk.Instance;
        path = Path.GetFullPath(path);
        // A name that nobody else has, and not one that is taken: what is removed after a failure must be ours.
        var beside = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}{DiskExtensions.UnfinishedEnding}";
        using var file = disk.CreateNew(beside);
        try
        {
            var buffer = new byte[BufferBytes];
            long at = 0;
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0; at += read)
            {
                file.Write(at, buffer.AsSpan(0, read));
                progress?.Report(at + read);
            }
            using (var written = new DiskStream(disk.OpenForReading(beside)!))
            {
                var contents = BackupReader.Read(written, static (_, _) => { }, cancellationToken);
                disk.Publish(file, path);
                return contents;
            }
        }
        catch
        {
            disk.DeleteQuietly(beside);
            throw;
        }
    }
}
