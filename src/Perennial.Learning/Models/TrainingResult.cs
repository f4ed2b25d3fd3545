using Perennial.Learning.Features;

namespace Perennial.Learning.Models;

/// <summary>What training gave.</summary>
/// <param name="Model">The fitted model.</param>
/// <param name="ImportanceByColumn">
/// Shares by raw column that sum to 1, for every column with a transform: of the splits' gain for trees, of |weight| times the
/// feature's standard deviation for linear models. Empty when the model is a constant.
/// </param>
/// <param name="Facts">What a run's record should say, e.g. <c>rounds</c>, <c>iterations</c>.</param>
/// <param name="Ignored">The columns that were asked for and give no feature, with the reason.</param>
public sealed record TrainingResult(
    FittedModel Model,
    IReadOnlyDictionary<string, double> ImportanceByColumn,
    IReadOnlyDictionary<string, double> Facts,
    IReadOnlyList<IgnoredColumn> Ignored);
