using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>One feature on the way to a leaf.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Share">The share of the training rows that stays on the way at the nodes that test this feature, multiplied over them.</param>
/// <param name="FirstTest">Its first test in <see cref="TreePaths.Tests"/>.</param>
/// <param name="EndTest">The end of its tests there.</param>
internal readonly record struct PathElement(int Feature, double Share, int FirstTest, int EndTest);

/// <summary>A node on the way to a leaf, and where the way leaves it.</summary>
internal readonly record struct PathTest(int Node, bool Left);

/// <summary>The way to one leaf: its elements, each feature once.</summary>
/// <param name="Value">The leaf's value.</param>
/// <param name="First">Its first element in <see cref="TreePaths.Elements"/>.</param>
/// <param name="End">The end of its elements there.</param>
internal readonly record struct LeafPath(double Value, int First, int End);

/// <summary>A tree as the ways to its leaves, in flat arrays.</summary>
internal sealed class TreePaths
{
    private readonly List<PathElement> _elements = [];
    private readonly List<PathTest> _tests = [];
    private readonly List<LeafPath> _leaves = [];

    public TreePaths(Tree tree)
    {
        Tree = tree;
        Walk(0, []);
        (Elements, Tests, Leaves) = ([.. _elements], [.. _tests], [.. _leaves]);
        MostElements = Leaves.Max(leaf => leaf.End - leaf.First);
        Expectation = Leaves.Sum(leaf => leaf.Value * Reach(leaf));
    }

    public Tree Tree { get; }

    public PathElement[] Elements { get; }

    public PathTest[] Tests { get; }

    public LeafPath[] Leaves { get; }

    /// <summary>The most features on one way.</summary>
    public int MostElements { get; }

    /// <summary>The mean of the leaves, each weighted by the share of training rows in it.</summary>
    public double Expectation { get; }

    private double Reach(LeafPath leaf)
    {
        var reach = 1.0;
        foreach (var element in Elements.AsSpan(leaf.First, leaf.End - leaf.First)) reach *= element.Share;
        return reach;
    }

    private void Walk(int node, List<PathTest> way)
    {
        if (Tree.Feature[node] < 0)
        {
            AddLeaf(node, way);
            return;
        }
        foreach (var left in (ReadOnlySpan<bool>)[true, false])
        {
            way.Add(new PathTest(node, left));
            Walk(left ? Tree.Left[node] : Tree.Right[node], way);
            way.RemoveAt(way.Count - 1);
        }
    }

    private void AddLeaf(int node, List<PathTest> way)
    {
        var first = _elements.Count;
        foreach (var feature in way.GroupBy(test => Tree.Feature[test.Node]))
        {
            var (firstTest, share) = (_tests.Count, 1.0);
            foreach (var test in feature)
            {
                _tests.Add(test);
                share *= ShareOf(test);
            }
            _elements.Add(new PathElement(feature.Key, share, firstTest, _tests.Count));
        }
        _leaves.Add(new LeafPath(Tree.Value[node], first, _elements.Count));
    }

    private double ShareOf(PathTest test)
    {
        var child = test.Left ? Tree.Left[test.Node] : Tree.Right[test.Node];
        return (double)Tree.Cover[child] / Tree.Cover[test.Node];
    }
}
