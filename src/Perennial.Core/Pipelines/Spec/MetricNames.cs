using Perennial.Learning;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The metrics that a spec may name, by task: camel case, as <c>evaluation.json</c> writes them.</summary>
public static class MetricNames
{
    private static readonly string[] Binary =
        ["rocAuc", "prAuc", "logLoss", "brier", "accuracy", "balancedAccuracy", "f1", "precision", "recall", "mcc", "ece"];

    private static readonly string[] Multiclass = ["logLoss", "accuracy", "balancedAccuracy", "macroF1"];

    private static readonly string[] Regression = ["rmse", "mae", "r2"];

    /// <summary>All names, each once.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Binary.Concat(Multiclass).Concat(Regression).Distinct()];

    /// <summary>The names of one task's metrics.</summary>
    public static IReadOnlyList<string> For(TaskKind task) => task switch
    {
        TaskKind.Binary => Binary,
        TaskKind.Multiclass => Multiclass,
        TaskKind.Regression => Regression,
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "There is no such task."),
    };
}
