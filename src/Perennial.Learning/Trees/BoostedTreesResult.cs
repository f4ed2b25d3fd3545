using Perennial.Learning.Models;

namespace Perennial.Learning.Trees;

/// <summary>What boosting gave.</summary>
/// <param name="Predictor">The trees of the best round and of those before it; none when nothing could be split or nothing helped.</param>
/// <param name="Rounds">How many rounds the predictor holds.</param>
/// <param name="RoundsTried">How many rounds were grown before stopping.</param>
/// <param name="ValidationLosses">The mean loss on the validation rows after 0, 1, … rounds; empty without validation rows.</param>
public sealed record BoostedTreesResult(
    TreeEnsemblePredictor Predictor, int Rounds, int RoundsTried, IReadOnlyList<double> ValidationLosses);
