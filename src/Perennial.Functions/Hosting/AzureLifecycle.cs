using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Azure;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.MLNet;

namespace Perennial.Functions.Hosting;

/// <summary>The lifecycle over the Azure adapters.</summary>
public sealed class AzureLifecycle : IHostStatus
{
    private readonly Lifecycle _lifecycle;
    private readonly IOrchestrationClient _orchestrations;
    private readonly ILogger _log;

    /// <summary>Composes services and orchestrations over stores. Nothing is sent.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="catalog">Filled with orchestrations and activities.</param>
    /// <param name="orchestrations">What runs them.</param>
    /// <param name="notifier">Is told what people want to know.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">For faults that no caller sees.</param>
    public AzureLifecycle(
        AzureStores stores, OrchestrationCatalog catalog, IOrchestrationClient orchestrations, INotifier notifier, TimeProvider clock, ILogger<AzureLifecycle> log)
    {
        Catalog = catalog;
        _log = log;
        _orchestrations = orchestrations;
        // The managed scorer gives the same bits on every machine, so it is asked first.
        var runtime = new FallbackRuntime(new ManagedRuntime(), new OnnxRuntimeModel());
        _lifecycle = new Lifecycle(
            new HostParts(stores.Content, stores.Tables, stores.Log, orchestrations, notifier, clock, this, new AzureMaintenance(stores, orchestrations, clock))
            {
                Runtime = runtime,
                Trainers = [.. BuiltInTrainer.All, .. MLNetTrainer.All(runtime)],
            },
            catalog, log);
    }

    /// <summary>What the routes call.</summary>
    public ApiServices Services => _lifecycle.Services;

    /// <summary>Orchestrations and activities, by name.</summary>
    public OrchestrationCatalog Catalog { get; }

    /// <summary>What a file in the inbox starts.</summary>
    /// <param name="maxBytes">The largest file that is taken.</param>
    public InboxIntake Intake(long maxBytes) => new(_lifecycle, maxBytes);

    /// <inheritdoc/>
    public string? StandsStill => null;

    /// <inheritdoc/>
    /// <remarks>A host of many processes is never known to be at rest: callers ask the run instead.</remarks>
    public Task<bool> IsBusy(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <inheritdoc/>
    public string? FileOf(ContentHash content) => null;

    /// <summary>Starts what a lost call kept from starting, or what ended before its time: runs that are wanted, each model's monitor, rollouts.</summary>
    public async Task Resume(CancellationToken cancellationToken)
    {
        var eternal = new EternalInstances(Services, _orchestrations, _log);
        try
        {
            await _lifecycle.ForEachModel("looked through for what ended before its time", model => eternal.Revive(model, cancellationToken), cancellationToken);
        }
        finally
        {
            // What could not be revived is no reason to leave the rest: this looks at each model by itself too.
            if (!cancellationToken.IsCancellationRequested) await _lifecycle.Resume(cancellationToken);
        }
    }

    /// <summary>Makes a monitor pass of every model.</summary>
    public Task MonitorPasses(CancellationToken cancellationToken) =>
        _lifecycle.ForEachModel("told to make a monitor pass", model => Services.Monitors.RunNow(model, cancellationToken), cancellationToken);

    /// <summary>Makes a collection by the default bounds. One that is under way is enough.</summary>
    public async Task Collect(CancellationToken cancellationToken)
    {
        var collected = await Services.Maintenance.Collect(CollectionRequest.Default, cancellationToken);
        if (!collected.Succeeded)
        {
            _log.LogInformation("No collection was made: {Reason}", collected.Problem.Detail);
            return;
        }
        var report = collected.Value;
        _log.LogInformation(
            "A collection forgot {Orchestrations} ended orchestrations and {CachedResults} cached results, and removed {Removed} artifacts of {RemovedBytes} bytes.",
            report.Orchestrations, report.CachedResults, report.Removed, report.RemovedBytes);
    }
}
