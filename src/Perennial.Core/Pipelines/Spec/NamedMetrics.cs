using Perennial.Core.Outcomes;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>
/// The metrics that a spec names must be those of its task. Where the spec leaves the task to the label's values, what it does say rules out
/// some tasks, and the metrics must leave one; the rest is told once the label was read.
/// </summary>
public static class NamedMetrics
{
    /// <summary>What is wrong with the metrics now that the label was read as that of a task; null when nothing is.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="task">The task.</param>
    /// <param name="source">The file of rows, for the message.</param>
    public static Problem? Check(ModelSpec spec, TaskKind task, string source)
    {
        var known = MetricNames.For(task);
        var wrong = Of(spec).Where(named => !known.Contains(named.Metric)).ToList();
        if (wrong.Count == 0) return null;
        var those = $"The metrics of a {Name(task)} task are {string.Join(", ", known)}.";
        return Problem.Invalid("metric-unknown",
            $"{source}: by its label '{spec.Label}' the task is {Name(task)}, which does not have the metric {string.Join(" or ", wrong.Select(named => $"'{named.Metric}' ({named.Path["$.".Length..]})"))}. {those} Correct the spec, or set \"task\" where the label means another one.",
            [.. wrong.Select(named => new Fault($"perennial.json ({named.Path})", $"'{named.Metric}' is none. {those}"))]);
    }

    /// <summary>Adds the faults that the spec alone tells.</summary>
    internal static void Check(ModelSpec spec, SpecFaults faults)
    {
        var possible = Possible(spec);
        TaskKind[] left = possible;
        (string Path, string Metric)? before = null;
        foreach (var (path, metric) in Of(spec))
        {
            var fits = left.Where(task => MetricNames.For(task).Contains(metric)).ToArray();
            if (fits.Length == 0)
            {
                var rivals = before is { } other && possible.Any(task => MetricNames.For(task).Contains(metric)) ? $", which '{other.Metric}' in {other.Path["$.".Length..]} makes it" : "";
                var known = left.SelectMany(MetricNames.For).Distinct(StringComparer.Ordinal);
                faults.Add($"'{metric}' is no metric of a {string.Join(" or ", left.Select(Name))} task{rivals}: those are {string.Join(", ", known)}", path);
                continue;
            }
            if (fits.Length < left.Length) before = (path, metric);
            left = fits;
        }
    }

    /// <summary>A task as specs call it.</summary>
    internal static string Name(TaskKind task) => task.ToString().ToLowerInvariant();

    private static TaskKind[] Possible(ModelSpec spec)
    {
        if (spec.Task is { } task) return [task];
        if (spec.Positive is not null) return [TaskKind.Binary];
        return spec.Data.Types.TryGetValue(spec.Label, out var type) ? type switch
        {
            ColumnType.Boolean => [TaskKind.Binary],
            ColumnType.Numeric => [TaskKind.Binary, TaskKind.Regression],
            _ => [TaskKind.Binary, TaskKind.Multiclass],
        } : [TaskKind.Binary, TaskKind.Multiclass, TaskKind.Regression];
    }

    // What chooses comes first: where metrics are of different tasks, it is the others that are wrong.
    private static IEnumerable<(string Path, string Metric)> Of(ModelSpec spec)
    {
        if (spec.Train.Metric is { } chooses) yield return ("$.train.metric", chooses);
        foreach (var metric in spec.Gates.Floor.Keys.Order(StringComparer.Ordinal)) yield return (SpecPath.Child("$.gates.floor", metric), metric);
        if (spec.Monitor.Metric is { } watched) yield return ("$.monitor.metric", watched);
    }
}
