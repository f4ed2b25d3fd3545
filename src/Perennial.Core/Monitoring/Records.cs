using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Monitoring;

/// <summary>What one monitor pass saw of one deployed version.</summary>
/// <param name="Id"><c>{model}-{pass number, padded}</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Pass">From 1, per model.</param>
/// <param name="Version">The version watched (the champion).</param>
/// <param name="At">When.</param>
/// <param name="From">Start of the window.</param>
/// <param name="To">End of the window.</param>
/// <param name="Rows">Predictions in the window.</param>
/// <param name="LabelledRows">Those of them that have a label.</param>
/// <param name="Judged">False where there were too few rows; then nothing below is judged.</param>
/// <param name="Drift">A result a feature, and one named <c>(prediction)</c>.</param>
/// <param name="Performance">The metric on labelled rows; null where there were too few.</param>
/// <param name="Alerts">Alerts opened or closed by this pass, by id.</param>
/// <param name="Retraining">Why a retraining was asked for, or why not; always says something.</param>
/// <param name="Report">The hash of its <c>report.html</c>.</param>
public sealed record MonitorReport(
    string Id,
    string Model,
    int Pass,
    int Version,
    DateTimeOffset At,
    DateTimeOffset From,
    DateTimeOffset To,
    int Rows,
    int LabelledRows,
    bool Judged,
    IReadOnlyList<DriftResult> Drift,
    PerformanceResult? Performance,
    IReadOnlyList<string> Alerts,
    string Retraining,
    ContentHash? Report = null);

/// <summary>One feature, then and now.</summary>
/// <param name="Feature">The column.</param>
/// <param name="Psi">Population stability index.</param>
/// <param name="JensenShannon">Jensen-Shannon distance, base 2, 0 to 1.</param>
/// <param name="PValue">Of the chi-squared test of homogeneity, adjusted for the number of features.</param>
/// <param name="Drifted">Whether both the index and the p-value say so.</param>
/// <param name="Then">The baseline's profile.</param>
/// <param name="Now">The window's counts in the same bins.</param>
public sealed record DriftResult(string Feature, double Psi, double JensenShannon, double PValue, bool Drifted, ColumnProfile Then, ColumnProfile Now);

/// <summary>The metric on labelled rows against the baseline.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Rows">Labelled rows.</param>
/// <param name="Baseline">Its value on the version's test rows.</param>
/// <param name="Value">Its value now.</param>
/// <param name="Interval">95 % bootstrap interval of the value now.</param>
/// <param name="Dropped">Whether it is worse by more than allowed and significantly so.</param>
/// <param name="Metrics">All metrics now.</param>
public sealed record PerformanceResult(
    string Metric,
    int Rows,
    double Baseline,
    double Value,
    MetricInterval Interval,
    bool Dropped,
    IReadOnlyDictionary<string, double> Metrics);

/// <summary>Something that wants attention.</summary>
/// <param name="Id"><c>{model}-{kind}-{number}</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Kind">drift or performance.</param>
/// <param name="Version">The version it is about.</param>
/// <param name="Message">In a sentence with the figures.</param>
/// <param name="OpenedAt">When it opened.</param>
/// <param name="OpenedBy">The pass that opened it.</param>
/// <param name="ClosedAt">When it closed.</param>
/// <param name="ClosedBecause">Why it closed.</param>
public sealed record Alert(
    string Id,
    string Model,
    AlertKind Kind,
    int Version,
    string Message,
    DateTimeOffset OpenedAt,
    string OpenedBy,
    DateTimeOffset? ClosedAt = null,
    string? ClosedBecause = null);

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    /// <summary>The inputs or the predictions have another distribution.</summary>
    Drift,

    /// <summary>The metric on labelled rows has dropped.</summary>
    Performance,
}
