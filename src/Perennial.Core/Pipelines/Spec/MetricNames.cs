using Perennial.Learning;
using Perennial.Learning.Metrics;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The metrics that a spec may name, by task: those of <see cref="MetricCatalog"/>.</summary>
public static class MetricNames
{
    /// <summary>All names, each once.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<TaskKind>().SelectMany(For).Distinct(StringComparer.Ordinal)];

    /// <summary>The names of one task's metrics.</summary>
    public static IReadOnlyList<string> For(TaskKind task) => [.. MetricCatalog.For(task).Select(metric => metric.Name)];
}
