using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Serving;

namespace Perennial.Api.Contracts;

/// <summary>The host's health.</summary>
/// <param name="Status"><c>ok</c>, or <c>degraded</c> while orchestrations cannot go on or predictions are not logged, e.g. for want of space; everything else is served.</param>
/// <param name="Version">The product's version.</param>
/// <param name="Time">The host's clock.</param>
/// <param name="Busy">Whether orchestrations or activities run now; false when the host waits for time or callers.</param>
/// <param name="PredictionLog">Whether predictions are being logged.</param>
/// <param name="StandsStill">Why orchestrations cannot go on at present and what to do; absent while they go on.</param>
public sealed record HealthResponse(string Status, string Version, DateTimeOffset Time, bool Busy, PredictionLogging PredictionLog, string? StandsStill = null);

/// <summary>A spec that was checked and is kept, but is not the model's yet.</summary>
/// <param name="Id">Names it when rows are uploaded.</param>
public sealed record KeptSpec(ContentHash Id);

/// <summary>A model and where everything of it stands.</summary>
/// <param name="Model">The model.</param>
/// <param name="Champion">The version that answers.</param>
/// <param name="Challenger">The version that shadows.</param>
/// <param name="Previous">What a rollback would bring back.</param>
/// <param name="ActiveRun">The run in progress.</param>
/// <param name="PendingTriggers">Wanted, not yet started.</param>
/// <param name="Rollout">The newest rollout.</param>
/// <param name="Dataset">The newest dataset.</param>
/// <param name="LastPass">The newest monitor pass, without its per-feature results.</param>
/// <param name="NextPassAt">When the next one is due.</param>
/// <param name="OpenAlerts">Alerts that are open.</param>
public sealed record ModelStatus(
    ModelRecord Model,
    ModelVersion? Champion,
    ModelVersion? Challenger,
    int? Previous,
    RunRecord? ActiveRun,
    IReadOnlyList<RunTrigger> PendingTriggers,
    RolloutRecord? Rollout,
    Dataset? Dataset,
    PassSummary? LastPass,
    DateTimeOffset? NextPassAt,
    IReadOnlyList<Alert> OpenAlerts);

/// <summary>A monitor pass in a line.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Version">The version it watched.</param>
/// <param name="Rows">Predictions in its window.</param>
/// <param name="LabelledRows">Those of them with a label.</param>
/// <param name="Drifted">The features that had drifted.</param>
/// <param name="Performance">The metric then and now.</param>
/// <param name="Retraining">What it said about retraining.</param>
public sealed record PassSummary(
    string Id,
    DateTimeOffset At,
    int Version,
    int Rows,
    int LabelledRows,
    IReadOnlyList<string> Drifted,
    PerformanceResult? Performance,
    string Retraining)
{
    /// <summary>The summary of a report.</summary>
    public static PassSummary Of(MonitorReport report) => new(
        report.Id, report.At, report.Version, report.Rows, report.LabelledRows,
        [.. report.Drift.Where(d => d.Drifted).Select(d => d.Feature)], report.Performance, report.Retraining);
}

/// <summary>A run with its details.</summary>
/// <param name="Run">The record.</param>
/// <param name="Details">Trials, findings, evaluation.</param>
public sealed record RunResponse(RunRecord Run, RunDetails Details);
