using System.Text;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Splitting;

namespace Perennial.Core.Data;

/// <summary>Splits rows. A pure function of rows, spec and seed.</summary>
public static class Splits
{
    /// <summary>The fewest rows that may choose, and the fewest that may judge.</summary>
    public const int MinPart = 5;

    /// <summary>The fewest rows that may train.</summary>
    public const int MinTrain = 10;

    private const string ClassMissing = "class-missing";

    /// <summary>How the spec splits, where it does not say.</summary>
    public static SplitKind KindOf(ModelSpec spec) =>
        spec.Split.By ?? (spec.Data.Time is not null ? SplitKind.Time : spec.Data.Group is not null ? SplitKind.Group : SplitKind.Random);

    /// <summary>The fewest labelled rows that give every part its fewest.</summary>
    public static int RowsNeeded(SplitSpec split)
    {
        var needed = (2 * MinPart) + MinTrain;
        while (Cut(needed, split) is var (train, validation, test) && (train < MinTrain || validation < MinPart || test < MinPart) && needed < 1_000_000) needed++;
        return needed;
    }

    /// <summary>Splits the labelled rows, or says why it cannot be done.</summary>
    /// <param name="frame">The rows.</param>
    /// <param name="spec">How.</param>
    /// <param name="label">Which rows have a label, and their classes.</param>
    /// <param name="source">The file, for messages.</param>
    public static Outcome<RowSplit> Make(Frame frame, ModelSpec spec, LabelReading label, string source)
    {
        var needed = RowsNeeded(spec.Split);
        if (label.Labelled.Length < needed)
            return Problem.Invalid("too-few-rows", $"{source} has {label.Labelled.Length} labelled rows; the split (validation {spec.Split.Validation:0.##}, test {spec.Split.Test:0.##}) needs at least {needed}. Add rows.");
        var split = Cut(frame, spec, label);
        return (Check(split, spec, frame[spec.Label], label, source) ?? CheckFolds(frame, spec, split, label, source)) is { } problem ? problem : split;
    }

    /// <summary>
    /// Splits as <see cref="Make"/> does, but leaves out classes that no training row has, with their rows: one row of live traffic with a
    /// new or mistyped class must not stop every retraining. Two classes are never fewer.
    /// </summary>
    public static Outcome<(LabelReading Label, RowSplit Split)> MakeLearnable(Frame frame, ModelSpec spec, LabelReading label, string source)
    {
        while (true)
        {
            var split = Make(frame, spec, label, source);
            if (split.Succeeded) return (label, split.Value);
            if (split.Problem.Code != ClassMissing || label.Classes.Count <= 3) return split.Problem;
            var values = frame[spec.Label];
            var seen = Cut(frame, spec, label).Train.Select(row => values.Format(row)!).ToHashSet(StringComparer.Ordinal);
            var kept = label with { Classes = [.. label.Classes.Where(seen.Contains)], Labelled = [.. label.Labelled.Where(row => seen.Contains(values.Format(row)!))] };
            if (kept.Classes.Count < 2 || kept.Classes.Count == label.Classes.Count) return split.Problem;
            label = kept;
        }
    }

    /// <summary>
    /// What a trial trains and is measured on: the training and the validation rows, or folds of the two together where the spec wants them. Row
    /// indices in the split's order; test rows are in none. A split that was made has as many folds as the spec wants, each with rows and classes enough.
    /// </summary>
    public static IReadOnlyList<Fold> Folds(Frame frame, ModelSpec spec, TaskKind task, RowSplit split)
    {
        if (spec.Split.Folds is not { } count) return [new Fold(split.Train, split.Validation)];
        var rows = split.TrainAndValidation();
        var made = split.By switch
        {
            SplitKind.Time => CrossValidation.TimeOrdered(Times(frame, spec, rows), count, spec.Split.Gap?.Ticks ?? 0),
            SplitKind.Group => CrossValidation.Grouped(Codes(frame[spec.Data.Group!], rows, missing: row => $"r{row}"), count, spec.Train.Seed),
            _ when task == TaskKind.Regression => CrossValidation.KFold(rows.Length, count, spec.Train.Seed),
            _ => CrossValidation.Stratified(Codes(frame[spec.Label], rows, missing: _ => ""), count, spec.Train.Seed),
        };
        return [.. made.Select(fold => new Fold([.. fold.Train.Select(at => rows[at])], [.. fold.Validation.Select(at => rows[at])]))];
    }

    private static long[] Times(Frame frame, ModelSpec spec, int[] rows)
    {
        var ticks = ((TimestampColumn)frame[spec.Data.Time!]).Ticks;
        var times = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++) times[i] = ticks[rows[i]];
        return times;
    }

    private static int[] Codes(Column column, int[] rows, Func<int, string> missing)
    {
        string[] names = [.. rows.Select(row => column.Format(row) is { } name ? $"g{name}" : missing(row))];
        var codes = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((name, code) => (name, code)).ToDictionary(c => c.name, c => c.code, StringComparer.Ordinal);
        return [.. names.Select(name => codes[name])];
    }

    private static RowSplit Cut(Frame frame, ModelSpec spec, LabelReading label) => KindOf(spec) switch
    {
        SplitKind.Time => ByTime((TimestampColumn)frame[spec.Data.Time!], label.Labelled, spec.Split),
        SplitKind.Group => ByGroup(frame[spec.Data.Group!], label.Labelled, spec),
        _ => AtRandom(frame[spec.Label], label, spec),
    };

    private static RowSplit ByTime(TimestampColumn time, int[] rows, SplitSpec split)
    {
        // Rows without a time come first: they can train, but must not judge what comes after.
        int[] ordered = [.. rows.OrderBy(row => time.Ticks[row]).ThenBy(row => row)];
        var (train, validation, _) = Cut(ordered.Length, split);
        var first = TieStart(time, ordered, train);
        var second = Math.Max(first, TieStart(time, ordered, train + validation));
        if (split.Gap is not { Ticks: > 0 } gap) return new RowSplit(SplitKind.Time, ordered[..first], ordered[first..second], ordered[second..]);
        var trains = Before(ordered[..first], first);
        var validates = Before(ordered[first..second], second);
        return new RowSplit(SplitKind.Time, trains, validates, ordered[second..], second - trains.Length - validates.Length);

        int[] Before(int[] members, int cut)
        {
            if (cut >= ordered.Length) return members;
            var last = CrossValidation.LastBefore(time.Ticks[ordered[cut]], gap.Ticks);
            return [.. members.Where(row => time.Ticks[row] <= last)];
        }
    }

    /// <summary>The cut moved back to where the run of equal times around it begins, so that one instant is never on two sides; forward where that would leave nothing before it.</summary>
    private static int TieStart(TimestampColumn time, int[] ordered, int cut)
    {
        var start = cut;
        while (start > 0 && time.Ticks[ordered[start - 1]] == time.Ticks[ordered[cut]]) start--;
        if (start > 0) return start;
        var end = cut;
        while (end < ordered.Length && time.Ticks[ordered[end]] == time.Ticks[ordered[cut]]) end++;
        return end;
    }

    private static RowSplit AtRandom(Column label, LabelReading reading, ModelSpec spec)
    {
        var strata = reading.Classes.Count == 0
            ? [reading.Labelled]
            : reading.Labelled.GroupBy(row => label.Format(row)!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray());
        List<int> train = [], validation = [], test = [];
        foreach (var stratum in strata)
        {
            int[] shuffled = [.. stratum.OrderBy(row => Draw(spec.Train.Seed, row)).ThenBy(row => row)];
            var (trains, validates, _) = Cut(shuffled.Length, spec.Split);
            train.AddRange(shuffled[..trains]);
            validation.AddRange(shuffled[trains..(trains + validates)]);
            test.AddRange(shuffled[(trains + validates)..]);
        }
        return new RowSplit(SplitKind.Random, [.. train.Order()], [.. validation.Order()], [.. test.Order()]);
    }

    private static RowSplit ByGroup(Column group, int[] rows, ModelSpec spec)
    {
        // A row without a group is a group of its own.
        var groups = rows.GroupBy(row => group.Format(row) is { } name ? $"g{name}" : $"r{row}", StringComparer.Ordinal)
            .OrderBy(g => Draw(spec.Train.Seed, g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal);
        var (_, validation, test) = Cut(rows.Length, spec.Split);
        List<int> trains = [], validates = [], tests = [];
        foreach (var members in groups)
            (tests.Count < test ? tests : validates.Count < validation ? validates : trains).AddRange(members);
        return new RowSplit(SplitKind.Group, [.. trains.Order()], [.. validates.Order()], [.. tests.Order()]);
    }

    private static (int Train, int Validation, int Test) Cut(int rows, SplitSpec split)
    {
        var test = (int)Math.Round(rows * split.Test, MidpointRounding.AwayFromZero);
        var validation = (int)Math.Round(rows * split.Validation, MidpointRounding.AwayFromZero);
        return (rows - validation - test, validation, test);
    }

    /// <summary>A number of a row alone: it stays the same whatever other rows there are.</summary>
    internal static ulong Draw(ulong seed, int row) => new Xoshiro256(seed ^ ((ulong)row * 0x9E3779B97F4A7C15)).NextUInt64();

    private static ulong Draw(ulong seed, string group) =>
        BitConverter.ToUInt64(Convert.FromHexString(ContentHash.Of(Encoding.UTF8.GetBytes($"{seed}:{group}")).ToString()));

    private static Problem? CheckFolds(Frame frame, ModelSpec spec, RowSplit split, LabelReading reading, string source)
    {
        if (spec.Split.Folds is not { } folds) return null;
        var rows = split.TrainAndValidation();
        var units = split.By == SplitKind.Group ? Codes(frame[spec.Data.Group!], rows, missing: row => $"r{row}").Distinct().Count() : rows.Length / MinPart;
        if (units <= folds)
            return Problem.Invalid("split-impossible", $"{source}: split.folds is {folds}, but there are only {rows.Length} rows{(split.By == SplitKind.Group ? $" of {units} groups" : "")} to make folds of. Set it lower, or add rows.");
        var label = frame[spec.Label];
        var made = Folds(frame, spec, reading.Classes.Count == 0 ? TaskKind.Regression : TaskKind.Multiclass, split);
        for (var i = 0; i < made.Count; i++)
            if (Fault(made[i], label, reading) is { } fault)
                return Problem.Invalid("split-impossible", $"{source}: split.folds is {folds}, but fold {i + 1} of them {fault}. Set split.folds lower or leave it out{(split.By == SplitKind.Time && spec.Split.Gap is not null ? ", make split.gap shorter" : "")}{(split.By == SplitKind.Random ? "" : ", split at random")}, or add rows.");
        return null;
    }

    /// <summary>Why nothing can be trained and measured on a fold; null where it can.</summary>
    private static string? Fault(Fold fold, Column label, LabelReading reading)
    {
        if (fold.Train.Length < MinTrain || fold.Validation.Length < MinPart)
            return $"has {fold.Train.Length} training and {fold.Validation.Length} validation rows, where {MinTrain} and {MinPart} are needed (rows of one time or group stay together, and none are in the gap)";
        foreach (var (rows, use) in new[] { (fold.Train, "training"), (fold.Validation, "validation") })
        {
            var seen = rows.Select(row => label.Format(row)!).ToHashSet(StringComparer.Ordinal);
            if (reading.Classes.Count == 2 && reading.Classes.FirstOrDefault(c => !seen.Contains(c)) is { } absent)
                return $"has no {use} row of the class '{absent}'";
            // Of several classes a rare one may be absent, as it may from the validation rows: the metrics are defined from two on.
            if (seen.Count == 1)
                return reading.Classes.Count == 0 ? $"has the same label in all {rows.Length} {use} rows" : $"has {use} rows of the class '{seen.First()}' alone";
        }
        return null;
    }

    private static string Cure(RowSplit split, ModelSpec spec) => split switch
    {
        { LeftOut: > 0 } => $"split.gap is {Duration.Format(spec.Split.Gap!.Value)}, and the rows in the gaps are in no part: make it shorter, or add rows of a longer time.",
        { By: SplitKind.Time } => $"Too many rows have one time in '{spec.Data.Time}', and rows of one time stay together: set split.by to \"random\", or add rows of other times.",
        { By: SplitKind.Group } => $"Too many rows have one group in '{spec.Data.Group}', and a group stays together: set split.by to \"random\", or add rows of other groups.",
        _ => "Change the split's shares, or add rows.",
    };

    private static Problem? Check(RowSplit split, ModelSpec spec, Column label, LabelReading reading, string source)
    {
        if (split.Train.Length < MinTrain || split.Validation.Length < MinPart || split.Test.Length < MinPart)
        {
            return Problem.Invalid("split-impossible", $"{source} splits into {split.Summary()}; at least {MinTrain}, {MinPart} and {MinPart} are needed. {Cure(split, spec)}");
        }
        foreach (var (rows, use) in new[] { (split.Train, "training"), (split.Validation, "validation"), (split.Test, "test") })
        {
            var seen = rows.Select(row => label.Format(row)!).ToHashSet(StringComparer.Ordinal);
            var absent = reading.Classes.FirstOrDefault(c => !seen.Contains(c));
            // With several classes a rare one may be absent where only counting is done, but nothing can learn a class it never sees.
            if (absent is not null && (reading.Classes.Count == 2 || use == "training"))
                return Problem.Invalid(ClassMissing, $"{source}: no {use} row has the class '{absent}' ({split.Summary()}). Add rows, or change the split's shares.");
            if (reading.Classes.Count == 0 && seen.Count == 1)
                return Problem.Invalid("label-constant", $"{source}: the label is the same in all {rows.Length} {use} rows. Add rows, or change the split's shares.");
        }
        return null;
    }
}
