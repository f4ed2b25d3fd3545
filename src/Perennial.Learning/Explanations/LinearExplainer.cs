using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>
/// Shapley values of a linear model's margins, features taken as independent: weight times the distance from the feature's mean
/// (S. Lundberg and S.-I. Lee 2017, "A unified approach to interpreting model predictions", corollary 1). Safe for concurrent use.
/// </summary>
public sealed class LinearExplainer
{
    private readonly LinearPredictor _predictor;
    private readonly double[] _means;
    private readonly double[] _baseValues;

    /// <param name="predictor">The model.</param>
    /// <param name="means">Each feature's mean over the training rows.</param>
    /// <exception cref="ArgumentException">There is not one mean a feature.</exception>
    public LinearExplainer(LinearPredictor predictor, IReadOnlyList<double> means)
    {
        if (predictor.Weights.Any(weights => weights.Length != means.Count))
            throw new ArgumentException($"{means.Count} means do not fit {predictor.Weights[0].Length} weights.", nameof(means));
        (_predictor, _means) = (predictor, [.. means]);
        _baseValues = [.. predictor.Weights.Select((weights, k) => predictor.Intercepts[k] + weights.Select((weight, f) => weight * _means[f]).Sum())];
    }

    /// <summary>The margins of a row of means, one an output; with a row's contributions they sum to its margins.</summary>
    public IReadOnlyList<double> BaseValues => _baseValues;

    /// <summary>Writes what each feature adds to each margin of a row.</summary>
    /// <param name="features">The row's feature vector.</param>
    /// <param name="contributions">As many as outputs times features, feature by feature within an output.</param>
    /// <exception cref="ArgumentException">A buffer has another size.</exception>
    public void Explain(ReadOnlySpan<float> features, Span<double> contributions)
    {
        if (features.Length != _means.Length || contributions.Length != _means.Length * _baseValues.Length)
            throw new ArgumentException($"{_baseValues.Length} outputs of {_means.Length} features are explained, not {contributions.Length} contributions of {features.Length} features.");
        for (var k = 0; k < _baseValues.Length; k++)
            for (var f = 0; f < features.Length; f++)
                contributions[k * features.Length + f] = _predictor.Weights[k][f] * (features[f] - _means[f]);
    }
}
