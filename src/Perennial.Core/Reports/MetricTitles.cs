namespace Perennial.Core.Reports;

/// <summary>Metrics as people write them.</summary>
internal static class MetricTitles
{
    /// <summary>The title of a metric; an unknown one as it is.</summary>
    public static string Of(string metric) => metric switch
    {
        "rocAuc" => "ROC AUC",
        "prAuc" => "PR AUC",
        "logLoss" => "Log loss",
        "brier" => "Brier score",
        "accuracy" => "Accuracy",
        "balancedAccuracy" => "Balanced accuracy",
        "f1" => "F1",
        "macroF1" => "Macro F1",
        "precision" => "Precision",
        "recall" => "Recall",
        "mcc" => "Matthews correlation",
        "ece" => "Calibration error",
        "rmse" => "RMSE",
        "mae" => "MAE",
        "r2" => "R²",
        _ => metric,
    };

    /// <summary>Whether smaller values are better.</summary>
    public static bool LowerIsBetter(string metric) => metric is "logLoss" or "brier" or "ece" or "rmse" or "mae";
}
