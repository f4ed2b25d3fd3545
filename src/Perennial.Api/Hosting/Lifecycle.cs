using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Reports;
using Perennial.Core.Rollout;
using Perennial.Core.Serving;
using Perennial.Core.Training;

namespace Perennial.Api.Hosting;

/// <summary>Services and orchestrations over a host's adapters: the one place where they are put together, whatever the host.</summary>
public sealed class Lifecycle
{
    private readonly ILogger _log;

    /// <summary>Composes them. Nothing is sent.</summary>
    /// <param name="host">The adapters.</param>
    /// <param name="catalog">Filled with orchestrations and activities.</param>
    /// <param name="log">For faults that no caller sees.</param>
    public Lifecycle(HostParts host, OrchestrationCatalog catalog, ILogger log)
    {
        _log = log;
        var (content, tables, orchestrations, clock) = (host.Content, host.Tables, host.Orchestrations, host.Clock);
        var registry = new ModelRegistry(tables, clock);
        var packages = new PackageStore(content);
        var datasets = new DatasetCatalog(content, tables, clock);
        var versions = new LoadedVersions(content, host.Runtime);
        Specs = new ModelSpecs(registry, content);
        var traffic = new LabelledTraffic(host.Log, Specs, tables, content);
        var pipeline = new PipelineServices(
            content, tables, orchestrations, clock, registry, Specs, datasets, host.Trainers, host.Runtime, host.Notifier, traffic.Export,
            async (run, details, ct) => RunReport.Render(new RunReportInput(run, details, await registry.ListVersions(run.Model, ct))));
        var runs = new RunService(tables, content, orchestrations, registry, datasets, clock);
        var rollouts = new RolloutJournal(tables, content);
        var monitors = new MonitorJournal(tables, content);

        PipelineActivities.AddTo(catalog, () => pipeline)
            .AddRollout(new RolloutServices(rollouts, registry, Specs, packages, traffic, content, clock))
            .AddMonitoring(new MonitorServices(monitors, registry, Specs, packages, traffic, new Retrainings(runs), host.Notifier, content, clock));
        Services = new ApiServices(
            content, registry, packages, datasets, runs,
            new PredictionService(registry, Specs, versions, host.Log, clock, Tell(log)),
            new LabelService(registry, versions, traffic, host.Log, orchestrations, clock),
            new MonitorService(monitors, registry, Specs, orchestrations),
            new RolloutService(rollouts, registry, orchestrations),
            clock, host.Status, host.Maintenance,
            new HostOffer([.. host.Trainers.Select(t => t.Name).Where(name => name != Search.Baseline)], RuntimeChoice.Offered(host.Runtime)));
    }

    /// <summary>What the routes call.</summary>
    public ApiServices Services { get; }

    /// <summary>The models' specs.</summary>
    public ModelSpecs Specs { get; }

    /// <summary>Starts what a crash or a lost call kept from starting: runs that are wanted, and each model's monitor.</summary>
    public Task Resume(CancellationToken cancellationToken) => ForEachModel("resumed", async model =>
    {
        await Services.Runs.Resume(model, cancellationToken);
        await Services.Monitors.Ensure(model, cancellationToken);
    }, cancellationToken);

    /// <summary>Does something for every model. One that fails keeps no other from it: each fault is logged, and the first is thrown at the end.</summary>
    /// <param name="done">What is done, for the log: "could not be" comes before it.</param>
    /// <param name="act">Takes a model's name.</param>
    /// <param name="cancellationToken">Stops between models.</param>
    public async Task ForEachModel(string done, Func<string, Task> act, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var model in await Services.Registry.ListModels(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await act(model.Name);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                _log.LogError(fault, "Model {Model} could not be {Done}; the others are.", model.Name, done);
                first ??= ExceptionDispatchInfo.Capture(fault);
            }
        }
        first?.Throw();
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
