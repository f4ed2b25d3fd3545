using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Azure;
using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Reports;
using Perennial.Core.Rollout;
using Perennial.Core.Serving;
using Perennial.Core.Training;

namespace Perennial.Functions.Hosting;

/// <summary>The lifecycle over the Azure adapters.</summary>
public sealed class AzureLifecycle : IHostStatus
{
    private AzureLifecycle(OrchestrationCatalog catalog, ModelSpecs specs) => (Catalog, Specs) = (catalog, specs);

    /// <summary>What the routes call.</summary>
    public ApiServices Services { get; private init; } = null!;

    /// <summary>Orchestrations and activities, by name.</summary>
    public OrchestrationCatalog Catalog { get; }

    /// <summary>The models' specs.</summary>
    public ModelSpecs Specs { get; }

    /// <inheritdoc/>
    public string? StandsStill => null;

    /// <summary>Composes services and orchestrations over stores. Nothing is sent.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="catalog">Filled with orchestrations and activities.</param>
    /// <param name="orchestrations">What runs them.</param>
    /// <param name="notifier">Is told what people want to know.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">For faults that no caller sees.</param>
    public static AzureLifecycle Compose(
        AzureStores stores, OrchestrationCatalog catalog, IOrchestrationClient orchestrations, INotifier notifier, TimeProvider clock, ILogger<AzureLifecycle> log)
    {
        var (content, tables) = (stores.Content, stores.Tables);
        var registry = new ModelRegistry(tables, clock);
        var specs = new ModelSpecs(registry, content);
        var packages = new PackageStore(content);
        var datasets = new DatasetCatalog(content, tables, clock);
        var runtime = new ManagedRuntime();
        var versions = new LoadedVersions(content, runtime);
        var traffic = new LabelledTraffic(stores.Log, specs);
        var pipeline = new PipelineServices(
            content, tables, orchestrations, clock, registry, specs, datasets, BuiltInTrainer.All, runtime, notifier, traffic.Export,
            async (run, details, ct) => RunReport.Render(new RunReportInput(run, details, await registry.ListVersions(run.Model, ct))));
        var runs = new RunService(tables, content, orchestrations, registry, datasets, clock);
        var rollouts = new RolloutJournal(tables, content);
        var monitors = new MonitorJournal(tables, content);

        PipelineActivities.AddTo(catalog, () => pipeline)
            .AddRollout(new RolloutServices(rollouts, registry, specs, packages, traffic, content, clock))
            .AddMonitoring(new MonitorServices(monitors, registry, specs, packages, traffic, new Retrainings(runs), notifier, content, clock));
        // The services name the host's status, which is the lifecycle itself.
        var status = new AzureLifecycle(catalog, specs);
        return new AzureLifecycle(catalog, specs)
        {
            Services = new ApiServices(
                content, registry, packages, datasets, runs,
                new PredictionService(registry, specs, versions, stores.Log, clock, Tell(log)),
                new LabelService(registry, versions, traffic, stores.Log, orchestrations, clock),
                new MonitorService(monitors, registry, specs, orchestrations),
                new RolloutService(rollouts, registry, orchestrations),
                clock, status, new AzureMaintenance(stores, orchestrations, clock)),
        };
    }

    /// <inheritdoc/>
    /// <remarks>A host of many processes is never known to be at rest: callers ask the run instead.</remarks>
    public Task<bool> IsBusy(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <inheritdoc/>
    public string? FileOf(ContentHash content) => null;

    /// <summary>Starts what a lost call kept from starting: runs that are wanted, and each model's monitor.</summary>
    public async Task Resume(CancellationToken cancellationToken)
    {
        await Services.Runs.Resume(cancellationToken);
        foreach (var model in await Services.Registry.ListModels(cancellationToken)) await Services.Monitors.Ensure(model.Name, cancellationToken);
    }

    private static Action<PredictionLogging> Tell(ILogger log) => state =>
    {
        if (state.Logging) log.LogWarning("Predictions are logged again; {Unlogged} were not since the start.", state.Unlogged);
        else log.LogError("Predictions are answered but not logged, {Unlogged} of them so far: {Reason}", state.Unlogged, state.Reason);
    };

    private sealed class Retrainings(RunService runs) : IRetrainings
    {
        public async Task<RunsNow> Look(string model, CancellationToken cancellationToken)
        {
            var status = await runs.Status(model, cancellationToken);
            var newest = await runs.List(model, 1, cancellationToken);
            return new RunsNow(newest.Count == 0 ? null : newest[0], status.Active is not null || status.Pending.Count > 0);
        }

        public async Task Request(string model, RunTrigger trigger, CancellationToken cancellationToken)
        {
            var asked = await runs.Request(model, trigger, cancellationToken);
            if (!asked.Succeeded) throw new ActivityFailureException(new Failure(asked.Problem.Code, asked.Problem.Detail, Retryable: true));
        }
    }
}
