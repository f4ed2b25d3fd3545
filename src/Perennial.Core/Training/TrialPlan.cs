namespace Perennial.Core.Training;

/// <summary>One trial of the search, decided before any of them runs.</summary>
/// <param name="Index">From 0; 0 is the baseline.</param>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Parameters">The trainer's parameters, and <see cref="History"/> where rows are split by time.</param>
public sealed record TrialPlan(int Index, string Trainer, IReadOnlyDictionary<string, double> Parameters)
{
    /// <summary>The name of the parameter that is the pipeline's own: the newest share of training rows that is used.</summary>
    public const string History = "history";

    /// <summary>The newest share of training rows that is used; 1 where the trial does not say.</summary>
    public double HistoryShare => Parameters.GetValueOrDefault(History, 1);

    /// <summary>The parameters that the trainer itself knows.</summary>
    public IReadOnlyDictionary<string, double> TrainerParameters() =>
        new SortedDictionary<string, double>(Parameters.Where(p => p.Key != History).ToDictionary(), StringComparer.Ordinal);
}

/// <summary>What a trial gave; content.</summary>
/// <param name="Value">The deciding metric on the validation rows; null when the trainer refused.</param>
/// <param name="Note">Why it refused, or facts such as rounds.</param>
/// <param name="Facts">What the trainer told, e.g. <c>rounds</c>.</param>
/// <param name="Seconds">Wall time; informative only.</param>
public sealed record TrialResult(double? Value, string? Note, IReadOnlyDictionary<string, double> Facts, double Seconds);
