namespace Perennial.Learning.Metrics;

/// <summary>The metrics of each task.</summary>
public static class MetricCatalog
{
    private static readonly Metric Accuracy = new("accuracy", "Accuracy", true);
    private static readonly Metric BalancedAccuracy = new("balancedAccuracy", "Balanced accuracy", true);
    private static readonly Metric LogLoss = new("logLoss", "Log loss", false);
    private static readonly Metric Mcc = new("mcc", "Matthews correlation", true);

    private static readonly Metric[] Binary =
    [
        new("rocAuc", "Area under the ROC curve", true),
        new("prAuc", "Average precision", true),
        LogLoss,
        new("brier", "Brier score", false),
        new("calibrationError", "Expected calibration error", false),
        Accuracy,
        BalancedAccuracy,
        new("precision", "Precision", true),
        new("recall", "Recall", true),
        new("f1", "F1", true),
        Mcc,
    ];

    private static readonly Metric[] Multiclass = [LogLoss, Accuracy, BalancedAccuracy, new("macroF1", "Macro F1", true), Mcc];

    private static readonly Metric[] Regression =
    [
        new("rmse", "Root mean squared error", false),
        new("mae", "Mean absolute error", false),
        new("mape", "Mean absolute percentage error (as a fraction)", false),
        new("r2", "R squared", true),
    ];

    /// <summary>The metrics that a task has, in the order of reports.</summary>
    public static IReadOnlyList<Metric> For(TaskKind task) => task switch
    {
        TaskKind.Binary => Binary,
        TaskKind.Multiclass => Multiclass,
        _ => Regression,
    };

    /// <summary>The metric of that name (compared ordinally), whatever its task; null where there is none.</summary>
    public static Metric? Find(string name) =>
        Binary.Concat(Multiclass).Concat(Regression).FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.Ordinal));

    /// <summary>The metric that a search optimises unless told otherwise: rocAuc, logLoss or rmse.</summary>
    public static string Default(TaskKind task) => task switch
    {
        TaskKind.Binary => "rocAuc",
        TaskKind.Multiclass => "logLoss",
        _ => "rmse",
    };
}
