using Perennial.Api;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Outcomes;
using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Blobs;

namespace Perennial.Cli.Hosting;

/// <summary>Collections and backups of the local host, one at a time: a collection would take away what a backup is about to copy.</summary>
internal sealed class LocalMaintenance(LocalStores stores, ReopeningEngine engine) : IMaintenance
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <inheritdoc/>
    public Task<Outcome<CollectionReport>> Collect(CollectionRequest request, CancellationToken cancellationToken) => Alone<CollectionReport>(async () =>
    {
        try
        {
            // No service of this host writes blobs; those that there are refer to artifacts all the same.
            var blobs = new NamedBlobFolder(stores.Folder.Blobs);
            var collection = new ArtifactCollection(stores.Tables, stores.Artifacts, stores.Artifacts, engine, stores.Clock, engine.Waiting, blobs);
            return await collection.Run(request, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    });

    /// <inheritdoc/>
    public Task<Outcome<IBackup>> BeginBackup(CancellationToken cancellationToken) => Alone<IBackup>(async () =>
    {
        try
        {
            var backup = new FolderBackup(stores.Folder, engine, stores.Tables, stores.Log, stores.Artifacts);
            return new Backup(await backup.Begin(cancellationToken), _gate);
        }
        catch
        {
            _gate.Release();
            throw;
        }
    });

    private async Task<Outcome<T>> Alone<T>(Func<Task<Outcome<T>>> work) => await _gate.WaitAsync(TimeSpan.Zero, CancellationToken.None)
        ? await work()
        : Problem.Conflict("maintenance-busy", "A backup or a collection is under way. Try again when it has ended.");

    private sealed class Backup(BackupMoment moment, SemaphoreSlim gate) : IBackup
    {
        private int _disposed;

        public Task WriteTo(Stream target, CancellationToken cancellationToken) => moment.WriteTo(target, cancellationToken);

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 1) return ValueTask.CompletedTask;
            moment.Dispose();
            gate.Release();
            return ValueTask.CompletedTask;
        }
    }
}
