using System.Text.Json.Serialization;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The spec file <c>perennial.json</c>: one a model. Every default here is what a file without the key means.</summary>
public sealed record ModelSpec
{
    /// <summary>Where editors find the JSON schema; ignored otherwise.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The model's name: 1 to 48 of a-z, 0-9 and '-', a letter first.</summary>
    public required string Model { get; init; }

    /// <summary>The column to predict.</summary>
    public required string Label { get; init; }

    /// <summary>What it is about, in a sentence, for reports and cards.</summary>
    public string? Description { get; init; }

    /// <summary>The task; inferred from the label column when absent.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>Binary: the class whose probability is predicted; <c>true</c>, <c>1</c>, <c>yes</c> or else the rarer one when absent.</summary>
    public string? Positive { get; init; }

    /// <summary>How to read the data.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>Which rows train, choose and judge.</summary>
    public SplitSpec Split { get; init; } = new();

    /// <summary>What is tried.</summary>
    public TrainSpec Train { get; init; } = new();

    /// <summary>What a version must pass before it is registered.</summary>
    public GatesSpec Gates { get; init; } = new();

    /// <summary>Whether a person must agree.</summary>
    public ApprovalSpec Approval { get; init; } = new();

    /// <summary>How a challenger replaces the champion.</summary>
    public RolloutSpec Rollout { get; init; } = new();

    /// <summary>What is watched, and how often.</summary>
    public MonitorSpec Monitor { get; init; } = new();

    /// <summary>When a retraining starts by itself.</summary>
    public RetrainSpec Retrain { get; init; } = new();

    /// <summary>What is never kept.</summary>
    public PrivacySpec Privacy { get; init; } = new();
}

/// <summary>How to read the data.</summary>
public sealed record DataSpec
{
    /// <summary>CSV or JSON Lines; told from the file's name when absent.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>The CSV delimiter: one of , ; tab |.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>The column that identifies a row; never a feature.</summary>
    public string? Id { get; init; }

    /// <summary>The timestamp column that orders rows. Calendar parts of it are features; the instant is not.</summary>
    public string? Time { get; init; }

    /// <summary>The column of sample weights.</summary>
    public string? Weight { get; init; }

    /// <summary>Rows with the same value stay on the same side of a split.</summary>
    public string? Group { get; init; }

    /// <summary>Columns that are never features.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Columns that exist only after the event: never features, whatever their values say. Only a person can know.</summary>
    public IReadOnlyList<string> KnownLater { get; init; } = [];

    /// <summary>Tokens that mean missing, besides the empty field. Never guessed.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Types of single columns, where inference is not wanted.</summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    /// <summary>At most so many unreadable rows are left out (and reported); one more refuses the file.</summary>
    public int MaxBadRows { get; init; }

    /// <summary>What must hold of the columns.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];
}

/// <summary>A format of rows.</summary>
public enum DataFormat
{
    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Jsonl,
}

/// <summary>What must hold of one column; a run whose data break it fails at the validate stage and names rows.</summary>
public sealed record Expectation
{
    /// <summary>The column.</summary>
    public required string Column { get; init; }

    /// <summary>The least number allowed.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest number allowed.</summary>
    public double? Max { get; init; }

    /// <summary>The only values allowed.</summary>
    public IReadOnlyList<string>? In { get; init; }

    /// <summary>The greatest share of missing values, 0 to 1.</summary>
    public double? MaxMissing { get; init; }

    /// <summary>Whether no value may occur twice.</summary>
    public bool? Unique { get; init; }
}

/// <summary>Which rows train, choose and judge.</summary>
public sealed record SplitSpec
{
    /// <summary>By time where <c>data.time</c> is given, by group where <c>data.group</c> is, at random else.</summary>
    public SplitKind? By { get; init; }

    /// <summary>The share of rows that choose among candidates.</summary>
    public double Validation { get; init; } = 0.15;

    /// <summary>The share of rows (by time: the newest) that judge and that nothing else ever sees.</summary>
    public double Test { get; init; } = 0.15;
}

/// <summary>How rows are split.</summary>
public enum SplitKind
{
    /// <summary>The newest rows judge, the ones before them choose.</summary>
    Time,

    /// <summary>At random (stratified by class).</summary>
    Random,

    /// <summary>Whole groups at random.</summary>
    Group,
}

/// <summary>What is tried.</summary>
public sealed record TrainSpec
{
    /// <summary>Trainer names. The baseline is always tried first.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = ["linear", "boosted-trees"];

    /// <summary>How many trials in all, the baseline apart.</summary>
    public int Trials { get; init; } = 12;

    /// <summary>The metric that chooses and that gates compare; the task's default when absent.</summary>
    public string? Metric { get; init; }

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Shares of the newest training rows that trials may use, when rows are split by time: old rows can mislead when the world has changed.</summary>
    public IReadOnlyList<double> History { get; init; } = [1, 0.5, 0.25];
}

/// <summary>What a version must pass before it is registered.</summary>
public sealed record GatesSpec
{
    /// <summary>By metric, the worst value allowed on the test rows.</summary>
    public IReadOnlyDictionary<string, double> Floor { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether it must beat the baseline candidate on the test rows.</summary>
    public bool BetterThanBaseline { get; init; } = true;

    /// <summary>Whether it must beat the champion on the same test rows.</summary>
    public bool BetterThanChampion { get; init; } = true;

    /// <summary>By how much, in the metric's unit.</summary>
    public double MinImprovement { get; init; }

    /// <summary>A single feature that predicts the held-out label at least this well (AUC, or R2 for regression) is a leak and stops the run, unless dropped or allowed.</summary>
    public double Leakage { get; init; } = 0.98;

    /// <summary>What happens to a leaking feature.</summary>
    public LeakagePolicy OnLeakage { get; init; } = LeakagePolicy.Drop;

    /// <summary>Features that predict nearly alone and are yet known to be fair.</summary>
    public IReadOnlyList<string> AllowedLeaks { get; init; } = [];
}

/// <summary>What happens to a leaking feature.</summary>
public enum LeakagePolicy
{
    /// <summary>It is left out, named with its evidence, and the run goes on.</summary>
    Drop,

    /// <summary>The run ends rejected and names it.</summary>
    Reject,
}

/// <summary>Whether a person must agree.</summary>
public sealed record ApprovalSpec
{
    /// <summary>Whether registration waits with the rollout until a person has approved.</summary>
    public bool Required { get; init; }

    /// <summary>After which an unanswered request counts as refused.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>How a challenger replaces the champion.</summary>
public sealed record RolloutSpec
{
    /// <summary>The strategy; the first version is always promoted at once.</summary>
    public RolloutStrategy Strategy { get; init; } = RolloutStrategy.Shadow;

    /// <summary>The chance of promoting a challenger that is no better (and of rejecting one that is no worse), whenever one looks.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>No decision before so many labelled pairs.</summary>
    public int MinRows { get; init; } = 50;

    /// <summary>Without a decision after so many labelled pairs the champion stays.</summary>
    public int MaxRows { get; init; } = 2000;

    /// <summary>Without a decision after so long the champion stays.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long labels take: predictions younger than this are not judged yet.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Maturation { get; init; } = TimeSpan.Zero;

    /// <summary>While fewer than this share of matured predictions has a label there is no decision.</summary>
    public double MinLabelled { get; init; } = 0.5;
}

/// <summary>A way to replace the champion.</summary>
public enum RolloutStrategy
{
    /// <summary>Both versions score the same rows; only the champion answers.</summary>
    Shadow,

    /// <summary>The gates were enough.</summary>
    Immediate,
}

/// <summary>What is watched, and how often.</summary>
public sealed record MonitorSpec
{
    /// <summary>The time between passes.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How far back a pass looks.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(30);

    /// <summary>With fewer rows in the window nothing is judged.</summary>
    public int MinRows { get; init; } = 200;

    /// <summary>A feature has drifted when its population stability index is above this and the difference is significant.</summary>
    public double Psi { get; init; } = 0.2;

    /// <summary>The significance level, over all features of a pass together.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>The metric that is compared with the baseline; the training metric when absent.</summary>
    public string? Metric { get; init; }

    /// <summary>Performance has dropped when the metric on labelled rows is worse than the baseline by more than this and the interval excludes the baseline.</summary>
    public double MaxDrop { get; init; } = 0.03;

    /// <summary>Features whose drift is reported but opens no alert.</summary>
    public IReadOnlyList<string> Quiet { get; init; } = [];
}

/// <summary>When a retraining starts by itself.</summary>
public sealed record RetrainSpec
{
    /// <summary>When an alert of data drift opens.</summary>
    public bool OnDrift { get; init; } = true;

    /// <summary>When an alert of performance opens.</summary>
    public bool OnPerformance { get; init; } = true;

    /// <summary>After so many new labelled rows since the last run; null for never.</summary>
    public int? AfterLabels { get; init; }

    /// <summary>After so long since the last run; null for never.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Every { get; init; }

    /// <summary>No retraining starts by itself within this time after the last run.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>What is never kept.</summary>
public sealed record PrivacySpec
{
    /// <summary>Columns whose values are not written to the prediction log; they are then missing in later retrainings.</summary>
    public IReadOnlyList<string> Unlogged { get; init; } = [];
}
