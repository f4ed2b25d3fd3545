using Perennial.Learning.Metrics;

namespace Perennial.Core.Reports;

/// <summary>Metrics as people write them.</summary>
internal static class MetricTitles
{
    /// <summary>The title of a metric, short where the field has a short name for it; an unknown one as it is.</summary>
    public static string Of(string metric) => metric switch
    {
        "rocAuc" => "ROC AUC",
        "prAuc" => "PR AUC",
        "calibrationError" => "Calibration error",
        "rmse" => "RMSE",
        "mae" => "MAE",
        "mape" => "MAPE",
        "r2" => "R²",
        _ => MetricCatalog.Find(metric)?.Title ?? metric,
    };

    /// <summary>Whether smaller values are better.</summary>
    public static bool LowerIsBetter(string metric) => MetricCatalog.Find(metric) is { HigherIsBetter: false };
}
