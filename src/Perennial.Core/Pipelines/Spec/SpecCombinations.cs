using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>What no single key can tell: values that are each allowed and impossible together.</summary>
internal static class SpecCombinations
{
    /// <summary>Checks a spec whose keys and values are each allowed.</summary>
    public static void Check(ModelSpec spec, SpecFaults faults)
    {
        Roles(spec, faults);
        Lists(spec, faults);
        Types(spec, faults);
        Expectations(spec.Data, faults);
        Split(spec, faults);
        Task(spec, faults);
        Rollout(spec.Rollout, faults);
        if (spec.Monitor.Window < spec.Monitor.Every)
            faults.Add($"monitor.window ({Duration.Format(spec.Monitor.Window)}) is shorter than monitor.every ({Duration.Format(spec.Monitor.Every)}): "
                + "predictions in between would never be watched", "$.monitor.window", "$.monitor.every");
    }

    private static (string Path, string? Column)[] RoleColumns(ModelSpec spec) =>
    [
        ("$.label", spec.Label), ("$.data.id", spec.Data.Id), ("$.data.time", spec.Data.Time),
        ("$.data.weight", spec.Data.Weight), ("$.data.group", spec.Data.Group),
    ];

    private static void Roles(ModelSpec spec, SpecFaults faults)
    {
        var roles = RoleColumns(spec);
        for (var i = 0; i < roles.Length; i++)
            for (var j = i + 1; j < roles.Length; j++)
                if (roles[i].Column is { } column && column == roles[j].Column)
                    faults.Add($"column '{column}' is {Key(roles[i].Path)} already: a column has one role", roles[j].Path);
    }

    private static void Lists(ModelSpec spec, SpecFaults faults)
    {
        var roles = RoleColumns(spec);
        Exclude(faults, "$.data.ignore", spec.Data.Ignore, roles);
        Exclude(faults, "$.data.knownLater", spec.Data.KnownLater, roles);
        // What later retrainings cannot do without must be logged; an id is only a name.
        Exclude(faults, "$.privacy.unlogged", spec.Privacy.Unlogged, [.. roles.Where(role => role.Path != "$.data.id")]);
        Exclude(faults, "$.gates.allowedLeaks", spec.Gates.AllowedLeaks, roles);

        var unused = spec.Data.Ignore.Select(column => ("$.data.ignore", (string?)column));
        Exclude(faults, "$.data.knownLater", spec.Data.KnownLater, [.. unused]);
        var later = spec.Data.KnownLater.Select(column => ("$.data.knownLater", (string?)column));
        Exclude(faults, "$.gates.allowedLeaks", spec.Gates.AllowedLeaks, [.. unused, .. later]);
    }

    private static void Exclude(SpecFaults faults, string path, IReadOnlyList<string> columns, (string Path, string? Column)[] others)
    {
        for (var i = 0; i < columns.Count; i++)
            foreach (var other in others)
                if (other.Column == columns[i])
                    faults.Add($"column '{columns[i]}' is in {Key(other.Path)} already, so it cannot be in {Key(path)}: take it out of one of the two",
                        $"{path}[{i}]");
    }

    private static void Types(ModelSpec spec, SpecFaults faults)
    {
        Demand(spec, faults, spec.Data.Time, "data.time", ColumnType.Timestamp);
        Demand(spec, faults, spec.Data.Weight, "data.weight", ColumnType.Numeric);
        if (spec.Task == TaskKind.Regression) Demand(spec, faults, spec.Label, "the label of a regression", ColumnType.Numeric);
        else if (spec.Data.Types.GetValueOrDefault(spec.Label, ColumnType.Categorical) == ColumnType.Timestamp)
            faults.Add($"the label '{spec.Label}' cannot be a timestamp", SpecPath.Child("$.data.types", spec.Label));
    }

    private static void Demand(ModelSpec spec, SpecFaults faults, string? column, string role, ColumnType type)
    {
        if (column is not null && spec.Data.Types.TryGetValue(column, out var declared) && declared != type)
            faults.Add($"column '{column}' is {role} and must be {type.ToString().ToLowerInvariant()}", SpecPath.Child("$.data.types", column));
    }

    private static void Expectations(DataSpec data, SpecFaults faults)
    {
        for (var i = 0; i < data.Expectations.Count; i++)
        {
            var (expectation, path) = (data.Expectations[i], $"$.data.expectations[{i}]");
            if (expectation.Min > expectation.Max)
                faults.Add($"min {expectation.Min} is above max {expectation.Max}: no value can meet both", $"{path}.min");
            if (expectation is { Min: null, Max: null, In: null, MaxMissing: null, Unique: null })
                faults.Add($"nothing is expected of column '{expectation.Column}': add min, max, in, maxMissing or unique", path);
        }

        if (data.Format is DataFormat.Jsonl or DataFormat.Parquet && faults.Has("$.data.delimiter"))
            faults.Add($"{(data.Format == DataFormat.Jsonl ? "JSON Lines have" : "Parquet has")} no delimiter: leave the key out, or set data.format to \"csv\"", "$.data.delimiter");
    }

    private static void Split(ModelSpec spec, SpecFaults faults)
    {
        if (spec.Split.Validation + spec.Split.Test >= 1)
            faults.Add($"split.validation {spec.Split.Validation} and split.test {spec.Split.Test} leave no row to train on: together they must be below 1",
                "$.split.validation", "$.split.test");
        if (spec.Split.By == SplitKind.Time && spec.Data.Time is null)
            faults.Add("a split by time needs data.time: name the timestamp column", "$.split.by");
        if (spec.Split.By == SplitKind.Group && spec.Data.Group is null)
            faults.Add("a split by group needs data.group: name the column of groups", "$.split.by");
        if (spec.Split.Gap is not null && (spec.Split.By ?? (spec.Data.Time is null ? SplitKind.Random : SplitKind.Time)) != SplitKind.Time)
            faults.Add("a gap needs a split by time: name the timestamp column in data.time", "$.split.gap");
        if (spec.Train.Budget is not null && faults.Has("$.train.trials"))
            faults.Add("the search ends after train.trials or after train.budget: leave one of the two out", "$.train.budget");
        if (spec.Train.Budget is not null && spec.Train.Search == SearchKind.Halving)
            faults.Add("halving must know how many trials begin: give train.trials instead of train.budget", "$.train.budget");
        if (!spec.Train.History.Contains(1))
            faults.Add("1 (all training rows) must be among the shares", "$.train.history");
    }

    private static void Task(ModelSpec spec, SpecFaults faults)
    {
        if (spec.Task is { } task && task != TaskKind.Binary && spec.Positive is not null)
            faults.Add($"only a binary task has a positive class; this task is {NamedMetrics.Name(task)}", "$.positive");
        NamedMetrics.Check(spec, faults);
    }

    private static void Rollout(RolloutSpec rollout, SpecFaults faults)
    {
        if (rollout.MinRows > rollout.MaxRows)
            faults.Add($"rollout.minRows {rollout.MinRows} is above rollout.maxRows {rollout.MaxRows}: nothing could ever be decided",
                "$.rollout.minRows", "$.rollout.maxRows");
        if (rollout.Maturation >= rollout.MaxDuration)
            faults.Add("rollout.maturation is not shorter than rollout.maxDuration: no label would come in time",
                "$.rollout.maturation", "$.rollout.maxDuration");
    }

    private static string Key(string path) => path["$.".Length..];
}
