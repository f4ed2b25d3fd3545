using System.Text.Json.Serialization;
using Perennial.Learning.Calibration;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>What is tried.</summary>
public sealed record TrainSpec
{
    /// <summary>Trainer names. The baseline is always tried first.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = ["linear", "boosted-trees"];

    /// <summary>How the search chooses what to try.</summary>
    public SearchKind Search { get; init; } = SearchKind.Tpe;

    /// <summary>How many trials in all, the baseline apart; with halving, how many begin.</summary>
    public int Trials { get; init; } = 12;

    /// <summary>Instead of a number of trials: after so long no further ones begin.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Budget { get; init; }

    /// <summary>The metric that chooses and that gates compare; the task's default when absent.</summary>
    public string? Metric { get; init; }

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Shares of the newest training rows that trials may use, when rows are split by time: old rows can mislead when the world has changed.</summary>
    public IReadOnlyList<double> History { get; init; } = [1, 0.5, 0.25];

    /// <summary>How the winner's probabilities are corrected, on the validation rows.</summary>
    public CalibrationMethod Calibrate { get; init; } = CalibrationMethod.None;

    /// <summary>Whether columns of free text are features.</summary>
    public TextUse Text { get; init; } = TextUse.Auto;
}

/// <summary>What becomes of columns of free text.</summary>
public enum TextUse
{
    /// <summary>Their words are features of the candidates that can read them.</summary>
    Auto,

    /// <summary>They are left out.</summary>
    None,
}
