namespace Perennial.Core.Training;

/// <summary>One trial of the search.</summary>
/// <param name="Index">From 0; 0 is the baseline.</param>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Parameters">The trainer's parameters, and <see cref="History"/> where rows are split by time.</param>
/// <param name="Rung">The rung of successive halving, from 0; null where there are none.</param>
/// <param name="RowShare">The share of the training rows that its rung trains on; null is all.</param>
/// <param name="PromotedFrom">The trial of the rung below that it goes on from.</param>
public sealed record TrialPlan(
    int Index, string Trainer, IReadOnlyDictionary<string, double> Parameters, int? Rung = null, double? RowShare = null, int? PromotedFrom = null)
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
/// <param name="Value">The deciding metric on the validation rows, or its mean over the folds; null when the trainer refused.</param>
/// <param name="Note">Why it refused, or facts such as rounds.</param>
/// <param name="Facts">What the trainer told, e.g. <c>rounds</c>; means over the folds.</param>
/// <param name="Seconds">Wall time; informative only.</param>
/// <param name="Folds">The metric of each fold; absent without folds.</param>
public sealed record TrialResult(double? Value, string? Note, IReadOnlyDictionary<string, double> Facts, double Seconds, IReadOnlyList<double>? Folds = null)
{
    /// <summary>Whether the trainer refused for want of something that another machine may have; absent where it did not.</summary>
    public bool? OfThisMachine { get; init; }
}
