using Perennial.Core.Data;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Core.Pipelines;

/// <summary>What the activities of a pipeline work with.</summary>
/// <param name="Content">Where artifacts are.</param>
/// <param name="Tables">Where runs and caches are.</param>
/// <param name="Client">Starts rollouts.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Registry">Models and versions.</param>
/// <param name="Specs">The models' specs.</param>
/// <param name="Datasets">Datasets.</param>
/// <param name="Trainers">The candidates; the one named <c>baseline</c> is always tried.</param>
/// <param name="Runtime">What loads and scores the graphs.</param>
/// <param name="Notifier">Who is told that a run wants approval or has failed.</param>
/// <param name="Traffic">All labelled traffic of a model so far, for retrainings.</param>
/// <param name="Report">Renders a run's <c>report.html</c>; null where none is wanted.</param>
public sealed record PipelineServices(
    IContentStore Content,
    ITableStore Tables,
    IOrchestrationClient Client,
    TimeProvider Clock,
    ModelRegistry Registry,
    ModelSpecs Specs,
    DatasetCatalog Datasets,
    IReadOnlyList<ITrainer> Trainers,
    IModelRuntime Runtime,
    INotifier Notifier,
    Func<string, CancellationToken, Task<TrafficExport?>> Traffic,
    Func<RunRecord, RunDetails, CancellationToken, Task<string>>? Report = null)
{
    /// <summary>Wall time, whatever time the models live in: it tells what a trial costs and when a search's budget is over.</summary>
    public TimeProvider WallClock { get; init; } = TimeProvider.System;

    /// <summary>The runs' records.</summary>
    public RunJournal Journal { get; } = new(Tables, Content, Clock);

    /// <summary>The packages.</summary>
    public PackageStore Packages { get; } = new(Content);

    /// <summary>Results of pure stages.</summary>
    public StageCache Cache { get; } = new(Tables, Content, Clock);
}
