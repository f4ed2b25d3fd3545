using Perennial.Learning.Explanations;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Explanations;

public sealed class TreeExplainerTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Contributions_are_the_Shapley_values_of_their_definition(int seed)
    {
        var random = new Random(seed);
        var features = random.Next(1, 8);
        var ensemble = new TreeEnsemblePredictor(
            [.. Enumerable.Range(0, 4).Select(i => Grow(random, i % 2, features, depth: random.Next(0, 8)))], [0.5f, -3]);
        for (var trial = 0; trial < 5; trial++)
        {
            var row = Row(random, features);
            var expected = new double[2 * features];
            foreach (var tree in ensemble.Trees)
            {
                var one = BruteForceShapley.Explain(tree, row);
                for (var f = 0; f < features; f++) expected[tree.Output * features + f] += one[f];
            }
            var actual = Explain(ensemble, row).Contributions;
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-10);
        }
    }

    [Theory]
    [InlineData(40, 60)]
    [InlineData(90, 120)]
    [InlineData(3, 60)]
    public void They_sum_to_the_margin_however_many_features_lie_on_a_way(int features, int depth)
    {
        var random = new Random(features);
        var ensemble = new TreeEnsemblePredictor([.. Enumerable.Range(0, 10).Select(_ => Chain(random, features, depth))], [1.25f]);
        for (var trial = 0; trial < 20; trial++)
        {
            var row = Row(random, features);
            var (baseValues, contributions) = Explain(ensemble, row);
            var margin = 1.25 + ensemble.Trees.Sum(tree => (double)tree.Value[ReferenceScorer.LeafOf(tree, row)]);
            Assert.Equal(margin, baseValues[0] + contributions.Sum(), 1e-9);
        }
    }

    [Fact]
    public void A_feature_that_no_tree_tests_contributes_nothing()
    {
        var tree = Grow(new Random(1), 0, features: 3, depth: 5);
        Assert.Equal(0, Explain(new TreeEnsemblePredictor([tree], [0]), [1, 2, 3, 4]).Contributions[3]);
    }

    [Fact]
    public void Trees_without_the_numbers_of_their_rows_are_refused()
    {
        var tree = Grow(new Random(1), 0, features: 3, depth: 3);
        var blind = tree with { Cover = new float[tree.Cover.Length] };
        Assert.Throws<ArgumentException>(() => new TreeExplainer(new TreeEnsemblePredictor([blind], [0])));
    }

    [Fact]
    public void A_buffer_of_another_size_is_refused()
    {
        var explainer = new TreeExplainer(new TreeEnsemblePredictor([Grow(new Random(1), 0, features: 3, depth: 3)], [0]));
        Assert.Throws<ArgumentException>(() => explainer.Explain([1, 2, 3], new double[2]));
    }

    private static (IReadOnlyList<double> BaseValues, double[] Contributions) Explain(TreeEnsemblePredictor ensemble, float[] row)
    {
        var explainer = new TreeExplainer(ensemble);
        var contributions = new double[ensemble.Outputs * row.Length];
        explainer.Explain(row, contributions);
        return (explainer.BaseValues, contributions);
    }

    private static float[] Row(Random random, int features) =>
        [.. Enumerable.Range(0, features).Select(_ => random.Next(8) == 0 ? float.NaN : random.Next(6))];

    // Features recur on a way, and every kind of test occurs.
    private static Tree Grow(Random random, int output, int features, int depth)
    {
        var nodes = new List<Node>();
        Add(depth, random.Next(50, 500));
        return ToTree(output, nodes);

        int Add(int left, int cover)
        {
            var at = nodes.Count;
            nodes.Add(default);
            var isLeaf = left == 0 || cover < 2 || random.Next(8) == 0;
            var part = isLeaf ? 0 : random.Next(1, cover);
            nodes[at] = isLeaf ? Leaf(random, cover)
                : Test(random, features, cover) with { Left = Add(left - 1, part), Right = Add(left - 1, cover - part) };
            return at;
        }
    }

    private static Tree Chain(Random random, int features, int depth)
    {
        var nodes = new List<Node>();
        for (var level = 0; level < depth; level++)
        {
            nodes.Add(Test(random, features, 2 * (depth - level) + 2) with { Feature = level % features, Left = 2 * level + 1, Right = 2 * level + 2 });
            nodes.Add(Leaf(random, 2));
        }
        nodes.Add(Leaf(random, 2));
        return ToTree(0, nodes);
    }

    private static Node Test(Random random, int features, int cover) =>
        new(random.Next(features), random.Next(6), random.Next(3) == 0, random.Next(2) == 0, 0, 0, 0, cover);

    private static Node Leaf(Random random, int cover) => new(-1, 0, false, false, 0, 0, (float)(random.NextDouble() * 4 - 2), cover);

    private static Tree ToTree(int output, List<Node> nodes) => new()
    {
        Output = output,
        Feature = [.. nodes.Select(n => n.Feature)],
        Threshold = [.. nodes.Select(n => n.Threshold)],
        IsLevel = [.. nodes.Select(n => n.IsLevel)],
        Sets = [.. nodes.Select(n => n is { IsLevel: true, Threshold: > 2 } ? new LevelSet([1, (int)n.Threshold], [1, 1]) : null)],
        MissingLeft = [.. nodes.Select(n => n.MissingLeft)],
        Left = [.. nodes.Select(n => n.Left)],
        Right = [.. nodes.Select(n => n.Right)],
        Value = [.. nodes.Select(n => n.Value)],
        Gain = new float[nodes.Count],
        Cover = [.. nodes.Select(n => (float)n.Cover)],
    };

    private readonly record struct Node(int Feature, float Threshold, bool IsLevel, bool MissingLeft, int Left, int Right, float Value, int Cover);
}
