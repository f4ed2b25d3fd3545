using Perennial.Api;
using Perennial.Azure;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Functions.Hosting;

/// <summary>Collections on Azure. Backups are the storage account's own business.</summary>
internal sealed class AzureMaintenance(AzureStores stores, IOrchestrationClient orchestrations, TimeProvider clock) : IMaintenance
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <inheritdoc/>
    public async Task<Outcome<CollectionReport>> Collect(CollectionRequest request, CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(TimeSpan.Zero, CancellationToken.None)) return Problem.Conflict("maintenance-busy", "A collection is under way. Try again when it has ended.");
        try
        {
            // Events on their way hold no references: hints hold none, and an approval holds names.
            var collection = new ArtifactCollection(stores.Tables, stores.Content, stores.Content, orchestrations, clock, waiting: null, stores.Blobs);
            var report = await collection.Run(request, cancellationToken);
            // Values that entities have no room for are content too, of another container.
            var values = await stores.Values.Run(request.Grace, request.DryRun, cancellationToken);
            return report with
            {
                Removed = report.Removed + values.Removed,
                RemovedBytes = report.RemovedBytes + values.RemovedBytes,
                Kept = report.Kept + values.Kept,
                KeptBytes = report.KeptBytes + values.KeptBytes,
            };
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<Outcome<IBackup>> BeginBackup(CancellationToken cancellationToken) => Task.FromResult<Outcome<IBackup>>(Problem.Conflict(
        "backup-by-account", "This host's data is kept by a storage account: its soft delete, versions and point-in-time restore are the backup. docs/azure.md says how."));
}
