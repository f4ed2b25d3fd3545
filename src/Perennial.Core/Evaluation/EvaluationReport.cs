using Perennial.Core.Registry;
using Perennial.Learning;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Evaluation;

/// <summary><c>evaluation.json</c>: how a candidate did on rows that nothing else has seen.</summary>
public sealed record EvaluationReport
{
    /// <summary>The task.</summary>
    public required TaskKind Task { get; init; }

    /// <summary>The metric that decides.</summary>
    public required string Metric { get; init; }

    /// <summary>The class names; empty for regression.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Test rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Where the test rows lie in time, when the split was by time.</summary>
    public TimeRange? TestPeriod { get; init; }

    /// <summary>The candidate's metrics.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % bootstrap intervals of the candidate's metrics.</summary>
    public required IReadOnlyDictionary<string, MetricInterval> Intervals { get; init; }

    /// <summary>What candidate zero (class frequencies, mean) scores on the same rows.</summary>
    public required IReadOnlyDictionary<string, double> BaselineMetrics { get; init; }

    /// <summary>The champion on the same rows; null when there is none.</summary>
    public ChampionComparison? Champion { get; init; }

    /// <summary>Classification: counts, row = true class, column = answered class.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Confusion { get; init; }

    /// <summary>Binary: false positive rate and true positive rate, ascending; at most 200 points.</summary>
    public IReadOnlyList<CurvePoint>? Roc { get; init; }

    /// <summary>Binary: recall and precision; at most 200 points.</summary>
    public IReadOnlyList<CurvePoint>? PrecisionRecall { get; init; }

    /// <summary>Binary: mean score and observed share, by bin of the score. Several classes: of the answer's probability, the share of right answers.</summary>
    public IReadOnlyList<CurvePoint>? Calibration { get; init; }

    /// <summary>How the scores were calibrated, and what they were before; null where the spec does not ask for it.</summary>
    public CalibrationReport? Calibrated { get; init; }

    /// <summary>Regression: predicted and true, at most 500 rows.</summary>
    public IReadOnlyList<CurvePoint>? Residuals { get; init; }

    /// <summary>Share of the model's gain by raw column, largest first.</summary>
    public IReadOnlyList<Importance> Importance { get; init; } = [];

    /// <summary>What the candidate relies on, asked on some test rows; null where that cannot be told.</summary>
    public Inspection? Inspection { get; init; }

    /// <summary>What each gate said.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];
}

/// <summary>A period.</summary>
/// <param name="From">First instant.</param>
/// <param name="To">Last instant.</param>
public sealed record TimeRange(DateTimeOffset From, DateTimeOffset To);

/// <summary>The champion on the same rows.</summary>
/// <param name="Version">The champion's version.</param>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Difference">Candidate better by, in the deciding metric (positive is better whatever its direction).</param>
/// <param name="Interval">95 % paired bootstrap interval of the difference.</param>
/// <param name="ProbabilityBetter">Share of resamples in which the candidate is better.</param>
/// <param name="Evidence">The betting test of the paired losses on these rows, champion less candidate: a rollout carries it on.</param>
public sealed record ChampionComparison(
    int Version, IReadOnlyDictionary<string, double> Metrics, double Difference, MetricInterval Interval, double ProbabilityBetter, BettingState? Evidence = null);

/// <summary>A point of a curve.</summary>
/// <param name="X">Abscissa.</param>
/// <param name="Y">Ordinate.</param>
/// <param name="Count">Rows behind it, where that means something.</param>
public sealed record CurvePoint(double X, double Y, double? Count = null);

/// <summary>A column's share.</summary>
/// <param name="Column">The raw column.</param>
/// <param name="Share">0 to 1.</param>
public sealed record Importance(string Column, double Share);

/// <summary>What a gate said.</summary>
/// <param name="Gate">floor, better-than-baseline, better-than-champion, leakage.</param>
/// <param name="Passed">Whether it lets the candidate through.</param>
/// <param name="Detail">The figures in a sentence.</param>
public sealed record GateResult(string Gate, bool Passed, string Detail);
