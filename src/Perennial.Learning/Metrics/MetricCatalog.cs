namespace Perennial.Learning.Metrics;

/// <summary>The metrics of each task.</summary>
public static class MetricCatalog
{
    private static readonly Metric Accuracy = new("accuracy", "Accuracy", true);
    private static readonly Metric BalancedAccuracy = new("balancedAccuracy", "Balanced accuracy", true);
    private static readonly Metric LogLoss = new("logLoss", "Log loss", false);
    private static readonly Metric RocAuc = new("rocAuc", "Area under the ROC curve", true);
    private static readonly Metric PrAuc = new("prAuc", "Average precision", true);
    private static readonly Metric Brier = new("brier", "Brier score", false);
    private static readonly Metric CalibrationError = new("calibrationError", "Expected calibration error", false);
    private static readonly Metric Mcc = new("mcc", "Matthews correlation", true);

    private static readonly Metric[] Binary =
    [
        RocAuc,
        PrAuc,
        LogLoss,
        Brier,
        CalibrationError,
        Accuracy,
        BalancedAccuracy,
        new("precision", "Precision", true),
        new("recall", "Recall", true),
        new("f1", "F1", true),
        Mcc,
    ];

    // The areas are means over the classes, each against the rest; the Brier score sums over the classes (Brier 1950).
    private static readonly Metric[] Multiclass =
    [
        LogLoss,
        RocAuc,
        PrAuc,
        Brier,
        CalibrationError,
        Accuracy,
        BalancedAccuracy,
        new("macroPrecision", "Macro precision", true),
        new("macroRecall", "Macro recall", true),
        new("macroF1", "Macro F1", true),
        Mcc,
    ];

    private static readonly Metric[] Regression =
    [
        new("rmse", "Root mean squared error", false),
        new("mae", "Mean absolute error", false),
        new("mape", "Mean absolute percentage error (as a fraction)", false),
        new("r2", "R squared", true),
        new("quantileLoss10", "Quantile loss at 10 %", false),
        new("quantileLoss50", "Quantile loss at 50 %", false),
        new("quantileLoss90", "Quantile loss at 90 %", false),
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
