using System.Runtime.Intrinsics;
using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>
/// Exact Shapley values of an ensemble's margins, where a feature that is left out is averaged over by following both branches with the
/// shares of training rows that took them (path-dependent TreeSHAP: S. Lundberg et al. 2020, "From local explanations to global
/// understanding with explainable AI for trees", Nature Machine Intelligence 2). Safe for concurrent use.
/// <para>
/// Each leaf's game is played by itself: with P the features whose tests the row passes, N those it fails, z the shares and d = |P| + |N|,
/// the weight k!(d-k-1)!/d! of a coalition is the integral of t^k (1-t)^(d-k-1) over 0 to 1. So a feature of P gets
/// v (1 - z_i) prod(z_N) times the integral of prod(t + z_j (1-t)) over the rest of P times (1-t)^|N|, and each of N the same with all of P,
/// (1-t)^(|N|-1) and a minus. The integrands are polynomials of a degree below d, so half as many Gauss-Legendre points give them exactly;
/// all terms are positive, so nothing cancels.
/// </para>
/// </summary>
public sealed class TreeExplainer
{
    private readonly TreePaths[] _trees;
    private readonly double[] _baseValues;
    private readonly QuadratureRule[] _rules;
    private readonly int _mostNodes;
    private readonly int _mostElements;

    /// <summary>Prepares an ensemble.</summary>
    /// <exception cref="ArgumentException">A tree does not know how many training rows came through its nodes.</exception>
    public TreeExplainer(TreeEnsemblePredictor ensemble)
    {
        if (ensemble.Trees.Any(tree => tree.Cover.Length != tree.Feature.Length || tree.Cover.Any(cover => !(cover > 0))))
            throw new ArgumentException("A tree without the numbers of its training rows cannot be explained; train the model again.", nameof(ensemble));
        _trees = [.. ensemble.Trees.Select(tree => new TreePaths(tree))];
        _baseValues = [.. ensemble.BaseMargins.Select(margin => (double)margin)];
        foreach (var tree in _trees) _baseValues[tree.Tree.Output] += tree.Expectation;
        _mostNodes = _trees.Max(tree => (int?)tree.Tree.Feature.Length) ?? 0;
        _mostElements = _trees.Max(tree => (int?)tree.MostElements) ?? 0;
        _rules = [.. Enumerable.Range(0, _mostElements + 1).Select(QuadratureRule.ForDegreeBelow)];
    }

    /// <summary>The margins when nothing is known of a row, one an output; with a row's contributions they sum to its margins.</summary>
    public IReadOnlyList<double> BaseValues => _baseValues;

    /// <summary>Writes what each feature adds to each margin of a row.</summary>
    /// <param name="features">The row's feature vector.</param>
    /// <param name="contributions">As many as outputs times features, feature by feature within an output.</param>
    /// <exception cref="ArgumentException">The buffer has another size.</exception>
    public void Explain(ReadOnlySpan<float> features, Span<double> contributions)
    {
        if (contributions.Length != features.Length * _baseValues.Length)
            throw new ArgumentException($"{_baseValues.Length} outputs of {features.Length} features make {_baseValues.Length * features.Length} contributions, not {contributions.Length}.");
        contributions.Clear();
        Span<bool> goesLeft = _mostNodes <= 1024 ? stackalloc bool[_mostNodes] : new bool[_mostNodes];
        Span<bool> passed = _mostElements <= 1024 ? stackalloc bool[_mostElements] : new bool[_mostElements];
        Span<Vector256<double>> values = stackalloc Vector256<double>[_rules[^1].Points.Length];
        foreach (var tree in _trees)
        {
            Decide(tree.Tree, features, goesLeft);
            var output = contributions.Slice(tree.Tree.Output * features.Length, features.Length);
            foreach (var leaf in tree.Leaves) AddLeaf(tree, leaf, goesLeft, passed, values, output);
        }
    }

    private static void Decide(Tree tree, ReadOnlySpan<float> features, Span<bool> goesLeft)
    {
        for (var node = 0; node < tree.Feature.Length; node++)
        {
            if (tree.Feature[node] >= 0) goesLeft[node] = tree.GoesLeft(node, features[tree.Feature[node]]);
        }
    }

    private void AddLeaf(TreePaths tree, LeafPath leaf, ReadOnlySpan<bool> goesLeft, Span<bool> passed, Span<Vector256<double>> values, Span<double> output)
    {
        var elements = tree.Elements.AsSpan(leaf.First, leaf.End - leaf.First);
        if (elements.Length == 0) return;
        var integrand = new Integrand(_rules[elements.Length], values);
        var (failed, reach) = (0, leaf.Value);
        for (var i = 0; i < elements.Length; i++)
        {
            passed[i] = Passes(tree, elements[i], goesLeft);
            if (passed[i]) integrand.Pass(elements[i].Share);
            else
            {
                reach *= elements[i].Share;
                // In what a failed feature gets it is not counted itself; in what a passed one gets all the failed ones are.
                if (failed++ > 0) integrand.Fail();
            }
        }
        var lost = failed > 0 ? -reach * integrand.Sum() : 0;
        if (failed > 0) integrand.Fail();
        for (var i = 0; i < elements.Length; i++)
            output[elements[i].Feature] += passed[i] ? reach * (1 - elements[i].Share) * integrand.SumWithout(elements[i].Share) : lost;
    }

    private static bool Passes(TreePaths tree, PathElement element, ReadOnlySpan<bool> goesLeft)
    {
        foreach (var test in tree.Tests.AsSpan(element.FirstTest, element.EndTest - element.FirstTest))
            if (goesLeft[test.Node] != test.Left) return false;
        return true;
    }
}
