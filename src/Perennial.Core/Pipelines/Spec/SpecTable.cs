using System.Text.Json;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The one table of the spec's keys.</summary>
internal static class SpecTable
{
    private static readonly TextValue Column = new();
    private static readonly TextValue OptionalColumn = new() { Nullable = true };
    private static readonly ListValue Columns = new(Column);
    private static readonly FlagValue Flag = new();
    private static readonly NumberValue Share = new(From: 0, To: 1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The trainers that every host has, the baseline apart.</summary>
    public static IReadOnlyList<string> BuiltInCandidates { get; } = ["linear", "boosted-trees"];

    /// <summary>Those of ML.NET, which hosts with native code have.</summary>
    public static IReadOnlyList<string> MLNetCandidates { get; } = ["mlnet-fasttree", "mlnet-lightgbm", "mlnet-sdca", "mlnet-lbfgs"];

    /// <summary>Whatever some host has. A spec that is kept or sent may be another host's.</summary>
    public static IReadOnlyList<string> KnownCandidates { get; } = [.. BuiltInCandidates, .. MLNetCandidates];

    /// <summary>The whole file's table.</summary>
    /// <param name="candidates">The names that a trainer may have.</param>
    public static ObjectValue Root(IReadOnlyList<string> candidates) => new(
    [
        new("$schema", new TextValue(MinLength: 0, MaxLength: 2000) { Nullable = true }, "Where editors find this schema; ignored otherwise."),
        new("model", new TextValue(1, 48, "^[a-z][a-z0-9-]{0,47}$", "a name of 1 to 48 characters, a-z, 0-9 and '-', a letter first"),
            "The model's name.", Required: true),
        new("label", Column, "The column to predict.", Required: true),
        new("description", new TextValue(MinLength: 0, MaxLength: 2000) { Nullable = true }, "What the model is about, in a sentence, for reports and cards."),
        new("task", Names<Learning.TaskKind>() with { Nullable = true }, "The task; inferred from the label column when absent."),
        new("positive", new TextValue { Nullable = true },
            "Binary: the class whose probability is predicted. When absent: true, 1 or yes, or else the rarer class."),
        new("data", Data, "How to read the data."),
        new("split", Split, "Which rows train, choose and judge."),
        new("train", Train(candidates), "What is tried."),
        new("gates", Gates, "What a version must pass before it is registered."),
        new("approval", Approval, "Whether a person must agree."),
        new("serving", Serving, "How versions are scored, in a run and when they answer."),
        new("rollout", Rollout, "How a challenger replaces the champion."),
        new("monitor", Monitor, "What is watched, and how often."),
        new("retrain", Retrain, "When a retraining starts by itself."),
        new("privacy", Privacy, "What is never kept."),
    ]);

    private static ObjectValue Data => new(
    [
        new("format", Names<DataFormat>() with { Nullable = true }, "CSV, JSON Lines or Parquet; told from the file's name when absent. Parquet is known by its bytes in any case."),
        new("delimiter", new ChoiceValue([",", ";", "\t", "|"]), "The CSV delimiter."),
        new("id", OptionalColumn, "The column that identifies a row; never a feature."),
        new("time", OptionalColumn, "The timestamp column that orders rows. Calendar parts of it are features; the instant is not."),
        new("weight", OptionalColumn, "The column of sample weights."),
        new("group", OptionalColumn, "Rows with the same value stay on the same side of a split."),
        new("ignore", Columns, "Columns that are never features."),
        new("knownLater", Columns, "Columns that exist only after the event: never features, whatever their values say. Only a person can know."),
        new("missing", new ListValue(new TextValue(MinLength: 0)), "Tokens that mean missing, besides the empty field. Never guessed."),
        new("types", new MapValue(Names<Learning.Frames.ColumnType>(), null, "column"), "Types of single columns, where inference is not wanted."),
        new("maxBadRows", new IntegerValue(0, 1_000_000),
            "At most so many unreadable rows are left out (and reported); one more refuses the file."),
        new("expectations", new ListValue(Expectation, MaxCount: 1000, Distinct: false),
            "What must hold of the columns; a run whose data break it fails at the validate stage and names rows."),
    ]);

    private static ObjectValue Expectation => new(
    [
        new("column", Column, "The column.", Required: true),
        new("min", new NumberValue { Nullable = true }, "The least number allowed."),
        new("max", new NumberValue { Nullable = true }, "The greatest number allowed."),
        new("in", new ListValue(new TextValue(MinLength: 0), 1) { Nullable = true }, "The only values allowed."),
        new("maxMissing", Share with { Nullable = true }, "The greatest share of missing values."),
        new("unique", Flag with { Nullable = true }, "Whether no value may occur twice."),
    ]);

    private static ObjectValue Split => new(
    [
        new("by", Names<SplitKind>() with { Nullable = true },
            "By time where data.time is given, by group where data.group is, at random otherwise."),
        new("validation", new NumberValue(Above: 0, Below: 1), "The share of rows that choose among candidates."),
        new("test", new NumberValue(Above: 0, Below: 1), "The share of rows (by time: the newest) that judge and that nothing else ever sees."),
        new("folds", new IntegerValue(2, 20) { Nullable = true },
            "All rows that do not judge choose among candidates by cross-validation of so many folds, instead of the validation rows alone."),
        new("gap", new DurationValue(Second) { Nullable = true },
            "By time: rows this close before those that choose or judge are left out, since their labels were not known yet."),
    ]);

    private static ObjectValue Train(IReadOnlyList<string> candidates) => new(
    [
        new("candidates", new ListValue(new ChoiceValue(candidates), 1, 16), "What is tried. The baseline is always tried first. Those that begin with mlnet- need a host with ML.NET: the one on Azure."),
        new("search", Names<SearchKind>(),
            "tpe: defaults and a random start, then what the results so far make likely to be better. random: all at random. "
            + "halving: all on few rows, the best third on three times as many, and so on."),
        new("trials", new IntegerValue(1, Training.Search.MaxTrials), "How many trials in all, the baseline apart; with halving, how many begin."),
        new("budget", new DurationValue(Second) { To = TimeSpan.FromDays(30), Nullable = true },
            "Instead of a number of trials: after so long no further ones begin. What was tried is recorded, for it depends on the machine."),
        new("metric", new ChoiceValue(MetricNames.All) { Nullable = true },
            "The metric that chooses and that gates compare; the task's default when absent."),
        new("seed", new IntegerValue(0, ulong.MaxValue), "The seed of all randomness."),
        new("history", new ListValue(new NumberValue(Above: 0, To: 1), 1, 8),
            "Shares of the newest training rows that trials may use, when rows are split by time; 1 must be among them."),
        new("calibrate", Names<Learning.Calibration.CalibrationMethod>(),
            "How the winner's probabilities are corrected on the validation rows. platt: a slope and an intercept on the log-odds (several classes: a temperature). isotonic: a rising curve (two classes only). auto: what does better than none by log loss and Brier score, if anything does."),
        new("text", Names<TextUse>(), "auto: the words of free text are features of linear models. none: free text is left out."),
    ]);

    private static ObjectValue Gates => new(
    [
        new("floor", new MapValue(new NumberValue(), MetricNames.All, "metric"), "By metric, the worst value allowed on the test rows."),
        new("betterThanBaseline", Flag, "Whether it must beat the baseline candidate on the test rows."),
        new("betterThanChampion", Flag, "Whether it must beat the champion on the same test rows."),
        new("minImprovement", new NumberValue(From: 0), "By how much, in the metric's unit."),
        new("leakage", new NumberValue(Above: 0.5, To: 1),
            "A single feature that predicts the held-out label at least this well (AUC, or R2 for regression) is a leak."),
        new("onLeakage", Names<LeakagePolicy>(), "drop: the leaking feature is left out and named. reject: the run ends rejected and names it."),
        new("allowedLeaks", Columns, "Features that predict nearly alone and are yet known to be fair."),
    ]);

    private static ObjectValue Approval => new(
    [
        new("required", Flag, "Whether the rollout waits until a person has approved."),
        new("deadline", new DurationValue(Second), "After which an unanswered request counts as refused."),
    ]);

    private static ObjectValue Serving => new(
    [
        new("runtime", Names<ServingRuntime>(),
            "What runs the graphs. auto: the managed scorer where it has a graph's operators, another runtime of the host otherwise. managed: the managed scorer, the same bits on every machine. onnxRuntime: ONNX Runtime, on hosts that have it: the one on Azure."),
    ]);

    private static ObjectValue Rollout => new(
    [
        new("strategy", Names<RolloutStrategy>(),
            "shadow: both versions score the same rows, only the champion answers. immediate: the gates were enough."),
        new("alpha", new NumberValue(Above: 0, To: 0.5),
            "The chance of promoting a challenger that is no better (and of rejecting one that is no worse), whenever one looks."),
        new("minRows", new IntegerValue(1, 10_000_000), "No decision before so many labelled pairs."),
        new("maxRows", new IntegerValue(1, 10_000_000), "Without a decision after so many labelled pairs the champion stays."),
        new("maxDuration", new DurationValue(Second), "Without a decision after so long the champion stays."),
        new("maturation", new DurationValue(TimeSpan.Zero), "How long labels take: predictions younger than this are not judged yet."),
        new("minLabelled", Share, "While fewer than this share of matured predictions has a label there is no decision."),
    ]);

    private static ObjectValue Monitor => new(
    [
        new("every", new DurationValue(Second), "The time between passes."),
        new("window", new DurationValue(Second), "How far back a pass looks; at least as long as the time between passes."),
        new("minRows", new IntegerValue(1, 10_000_000), "With fewer rows in the window nothing is judged."),
        new("psi", new NumberValue(Above: 0, To: 10),
            "A feature has drifted when its population stability index is above this and the difference is significant."),
        new("alpha", new NumberValue(Above: 0, To: 0.5), "The significance level, over all features of a pass together."),
        new("metric", new ChoiceValue(MetricNames.All) { Nullable = true },
            "The metric that is compared with the baseline; the training metric when absent."),
        new("maxDrop", new NumberValue(From: 0),
            "Performance has dropped when the metric on labelled rows is worse than the baseline by more than this (rmse and mae: this share of the baseline), significantly."),
        new("quiet", Columns, "Features whose drift is reported but opens no alert."),
    ]);

    private static ObjectValue Retrain => new(
    [
        new("onDrift", Flag, "When an alert of data drift opens."),
        new("onPerformance", Flag, "When an alert of performance opens."),
        new("afterLabels", new IntegerValue(1, int.MaxValue) { Nullable = true }, "After so many new labelled rows since the last run; null for never."),
        new("every", new DurationValue(Second) { Nullable = true }, "After so long since the last run; null for never."),
        new("coolDown", new DurationValue(TimeSpan.Zero), "No retraining starts by itself within this time after the last run."),
    ]);

    private static ObjectValue Privacy => new(
    [
        new("unlogged", Columns, "Columns whose values are not written to the prediction log; they are then missing in later retrainings."),
    ]);

    private static ChoiceValue Names<T>() where T : struct, Enum =>
        new([.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)]);
}
