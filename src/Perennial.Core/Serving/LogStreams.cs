namespace Perennial.Core.Serving;

/// <summary>The names of the log's streams.</summary>
public static class LogStreams
{
    /// <summary>A model's predictions.</summary>
    public static string Predictions(string model) => $"predictions/{model}";

    /// <summary>A model's labels.</summary>
    public static string Labels(string model) => $"labels/{model}";
}
