using Perennial.Learning.Numerics;

namespace Perennial.Core.Training.Tuning;

/// <summary>A distribution over a few choices: how often each was observed, and a prior that counts as one observation (Bergstra et al. 2011, section 4.1).</summary>
internal sealed class CategoryEstimator
{
    private readonly double[] _shares;

    /// <summary>The distribution after some observations.</summary>
    /// <param name="prior">A probability a choice; none is 0.</param>
    /// <param name="observations">Indices of choices.</param>
    public CategoryEstimator(IReadOnlyList<double> prior, IEnumerable<int> observations)
    {
        _shares = [.. prior];
        foreach (var choice in observations) _shares[choice]++;
        var sum = _shares.Sum();
        for (var i = 0; i < _shares.Length; i++) _shares[i] /= sum;
    }

    /// <summary>The logarithm of a choice's probability.</summary>
    public double LogProbability(int choice) => DeterministicMath.Log(_shares[choice]);
}
