using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Stages;

namespace Perennial.Core.Pipelines;

/// <summary>Enters the pipeline and its coordinator into a host's catalog.</summary>
public static class PipelineActivities
{
    /// <summary>Adds orchestrations and activities.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="services">Asked for when an activity runs: the engine that needs the catalog is itself among the services.</param>
    public static OrchestrationCatalog AddTo(OrchestrationCatalog catalog, Func<PipelineServices> services) => catalog
        .Add(LifecycleNames.TrainingPipeline, TrainingPipeline.Run)
        .Add(LifecycleNames.TrialSearch, TrialSearch.Run)
        .Add(LifecycleNames.ModelCoordinator, ModelCoordinator.Run)
        .Add(StageNames.TakePending, () => new TakePendingActivity(services()))
        .Add(StageNames.Ingest, () => new IngestStage(services()))
        .Add(StageNames.Validate, () => new ValidateStage(services()))
        .Add(StageNames.Profile, () => new ProfileStage(services()))
        .Add(StageNames.Split, () => new SplitStage(services()))
        .Add(StageNames.Search, () => new SearchStage(services()))
        .Add(StageNames.NextTrials, () => new NextTrialsActivity(services()))
        .Add(StageNames.Trial, () => new TrialActivity(services()))
        .Add(StageNames.Choose, () => new ChooseActivity(services()))
        .Add(StageNames.Fit, () => new FitStage(services()))
        .Add(StageNames.Evaluate, () => new EvaluateStage(services()))
        .Add(StageNames.Gate, () => new GateStage(services()))
        .Add(StageNames.Compare, () => new CompareActivity(services()))
        .Add(StageNames.Package, () => new PackageStage(services()))
        .Add(StageNames.Register, () => new RegisterStage(services()))
        .Add(StageNames.Approve, () => new ApproveActivity(services()))
        .Add(StageNames.Release, () => new ReleaseActivity(services()))
        .Add(StageNames.Reject, () => new RejectActivity(services()))
        .Add(StageNames.Fail, () => new FailActivity(services()))
        .Add(StageNames.Report, () => new RunReportActivity(services()));
}
