using Microsoft.Extensions.Logging;
using Perennial.Api;
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
using Perennial.Local.Orchestration;
using Perennial.Local.Storage;

namespace Perennial.Cli.Hosting;

/// <summary>The lifecycle over the embedded adapters: the one place where they are put together.</summary>
public sealed class LocalLifecycle : IHostStatus, IAsyncDisposable
{
    // Long enough for a turn that is about to end, short enough for a caller that polls.
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(25);
    private readonly LocalStores _stores;
    private readonly ReopeningEngine _engine;

    /// <summary>Composes services and orchestrations over open stores.</summary>
    public LocalLifecycle(LocalStores stores, INotifier notifier, ILogger<LocalLifecycle> log)
    {
        _stores = stores;
        var (content, tables, clock) = (stores.Artifacts, stores.Tables, stores.Clock);
        var catalog = new OrchestrationCatalog();
        _engine = new ReopeningEngine(
            () => new DurableEngine(stores.Folder.Orchestrations, catalog, clock, new EngineOptions { FairnessKey = LifecycleNames.ModelOf }),
            Resume,
            reason => log.LogError(reason, "Orchestrations stand still; they go on by themselves once the reason is gone."));

        tables.CompactionFailed += reason => log.LogWarning(reason, "The tables' journal could not be compacted and grows; it is tried again.");
        if (tables.CompactionFailure is { } failure) log.LogWarning(failure, "The tables' journal could not be compacted and grows; it is tried again.");

        var registry = new ModelRegistry(tables, clock);
        var specs = new ModelSpecs(registry, content);
        var packages = new PackageStore(content);
        var datasets = new DatasetCatalog(content, tables, clock);
        var runtime = new ManagedRuntime();
        var versions = new LoadedVersions(content, runtime);
        var traffic = new LabelledTraffic(stores.Log, specs);
        var pipeline = new PipelineServices(
            content, tables, _engine, clock, registry, specs, datasets, BuiltInTrainer.All, runtime, notifier, traffic.Export,
            async (run, details, ct) => RunReport.Render(new RunReportInput(run, details, await registry.ListVersions(run.Model, ct))));
        var runs = new RunService(tables, content, _engine, registry, datasets, clock);
        var rollouts = new RolloutJournal(tables, content);
        var monitors = new MonitorJournal(tables, content);

        PipelineActivities.AddTo(catalog, () => pipeline);
        catalog.AddRollout(new RolloutServices(rollouts, registry, specs, packages, traffic, content, clock));
        catalog.AddMonitoring(new MonitorServices(monitors, registry, specs, packages, traffic, new Retrainings(runs), notifier, content, clock));

        Specs = specs;
        Services = new ApiServices(
            content, registry, packages, datasets, runs,
            new PredictionService(registry, specs, versions, stores.Log, clock, Tell(log)),
            new LabelService(registry, versions, traffic, stores.Log, _engine, clock),
            new MonitorService(monitors, registry, specs, _engine),
            new RolloutService(rollouts, registry, _engine),
            clock, this, new LocalMaintenance(stores, _engine));
    }

    /// <summary>What the routes call.</summary>
    public ApiServices Services { get; }

    /// <summary>The models' specs.</summary>
    public ModelSpecs Specs { get; }

    /// <summary>Lets unfinished orchestrations go on, and starts those that a crash kept from starting.</summary>
    public Task Start(CancellationToken cancellationToken) => _engine.StartAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Only reasons that a person can do something about in words made for them; any other may name whatever it was about.</remarks>
    public string? StandsStill => _engine.BrokenBy switch
    {
        null => null,
        Exception reason when reason is StoreFullException or StoreReadOnlyException or CorruptStoreException => reason.Message,
        _ => "Orchestrations stand still; they go on by themselves once the reason is gone. The host's log names it.",
    };

    /// <inheritdoc/>
    public string? FileOf(ContentHash content) => Path.GetRelativePath(_stores.Folder.Path, _stores.Artifacts.PathOf(content)).Replace('\\', '/');

    /// <inheritdoc/>
    public async Task<bool> IsBusy(CancellationToken cancellationToken)
    {
        if (StandsStill is not null) return true;
        try
        {
            await _engine.WhenIdle(cancellationToken).WaitAsync(IdleWait, TimeProvider.System, cancellationToken);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (Exception) when (StandsStill is not null)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static Action<PredictionLogging> Tell(ILogger log) => state =>
    {
        if (state.Logging) log.LogWarning("Predictions are logged again; {Unlogged} were not since the start.", state.Unlogged);
        else log.LogError("Predictions are answered but not logged, {Unlogged} of them so far: {Reason}", state.Unlogged, state.Reason);
    };

    private async Task Resume(CancellationToken cancellationToken)
    {
        await Services.Runs.Resume(cancellationToken);
        foreach (var model in await Services.Registry.ListModels(cancellationToken)) await Services.Monitors.Ensure(model.Name, cancellationToken);
    }

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
