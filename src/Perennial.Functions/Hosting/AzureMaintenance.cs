using Perennial.Api;
using Perennial.Azure;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Functions.Hosting;

/// <summary>Collections on Azure. A backup is a migration back into a folder, with the app stopped: the account protects deleted blobs only.</summary>
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
        "backup-by-account",
        "This host writes no backups. Its account keeps deleted blobs for some days, and protects no table. For a copy, stop the app and run 'perennial migrate --from <account> --data <new folder>'; docs/azure.md says how."));
}
