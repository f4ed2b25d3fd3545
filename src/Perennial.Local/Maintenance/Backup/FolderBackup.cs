using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Segments;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>
/// Copies a folder while it is served. The copy is what a power cut at one moment would have left: everything acknowledged before that
/// moment is in it. For that moment nothing is committed: the engine, the tables and the predictions stand still together while the lists of
/// their files and durable lengths are taken and the files opened. That takes about as long as a sync, and longer the more files there are: those of
/// streams of predictions that nobody has used since the start are opened one by one for their lengths. What is appended later lies
/// behind those lengths; a file that a compaction removes later stays readable, since it is open.
/// </summary>
public sealed class FolderBackup(DataFolder folder, ReopeningEngine engine, TableJournal tables, PredictionLogFolder predictions, ArtifactFolder artifacts)
{
    private static readonly IDisk Disk = SystemDisk.Instance;

    /// <summary>Takes the moment. Artifacts must not be collected until the copy has been written.</summary>
    public Task<BackupMoment> Begin(CancellationToken cancellationToken = default) => engine.Hold(
        orchestrations =>
        {
            using var heldTables = tables.Hold();
            using var heldPredictions = predictions.Hold();
            var moment = new BackupMoment(folder, artifacts);
            try
            {
                Add(moment, folder.Orchestrations, orchestrations.Segments);
                Add(moment, folder.Tables, heldTables.Segments);
                foreach (var file in heldPredictions.Segments) moment.AddLater(file);
                AddBlobs(moment);
                return moment;
            }
            catch
            {
                moment.Dispose();
                throw;
            }
        },
        cancellationToken);

    /// <summary>A store's segments up to their durable ends, and whole files beside them.</summary>
    private static void Add(BackupMoment moment, string store, IReadOnlyList<HeldFile> segments)
    {
        foreach (var file in segments)
            if (!moment.AddOpen(file.Path, file.Length)) throw new IOException($"'{file.Path}' is missing.");
        // A snapshot may take the place of another while they are listed; segments cannot go meanwhile, so that the new one fits them too.
        while (!Disk.Finished(store).ToList().TrueForAll(path => moment.AddOpen(path)))
        {
        }
    }

    /// <summary>A blob is whole whenever it is read. The numbers of their writes come last: those that blobs bear are among them.</summary>
    private void AddBlobs(BackupMoment moment)
    {
        foreach (var path in Disk.Finished(folder.Blobs).OrderBy(path => !path.EndsWith(".blob", StringComparison.Ordinal)).ToList()) moment.AddOpen(path);
    }
}
