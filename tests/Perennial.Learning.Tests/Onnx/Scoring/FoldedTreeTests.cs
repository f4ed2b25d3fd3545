using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Scoring.Compiled;
using Perennial.Learning.Randomness;
using static Perennial.Learning.Onnx.Export.GraphBuilder;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Tests.Onnx.Scoring;

/// <summary>Trees as other exporters may write them: every mode, several on one feature, chains that are sets and chains that are not.</summary>
public sealed class FoldedTreeTests
{
    private static readonly string[] Modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

    [Theory]
    [InlineData(0, 6)]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(4, 6)]
    [InlineData(3, 5)]
    [InlineData(4, 5)]
    public void Every_mode_scores_as_it_does_node_by_node(int firstMode, int endMode)
    {
        for (var seed = 0UL; seed < 40; seed++)
        {
            var random = new Xoshiro256(seed);
            var trees = new Written();
            for (var tree = 0; tree < 6; tree++)
            {
                trees.Begin();
                trees.Grow(2 + random.Next(10), () => (Modes[firstMode + random.Next(endMode - firstMode)], random.Next(2), (random.Next(10) - 2) / 2f, random.Next(2)), random);
            }
            var bytes = GoldenGraphs.Foreign(DataType.Float, 2, 1, trees.Write);
            float[] values = [.. Enumerable.Range(-3, 12).Select(v => v / 2f), float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f, 0.25f];
            var rows = new Frame([
                new NumericColumn("f0", [.. values.SelectMany(_ => values).Select(v => (double)v)]),
                new NumericColumn("f1", [.. values.SelectMany(v => values.Select(_ => (double)v))]),
            ]);
            var model = OnnxModel.Load(bytes);
            Assert.IsType<MaskTrees>(model.Plan.Core);
            Assert.Equal(OnnxModel.Load(bytes, kernel: null).Score(rows).Values, model.Score(rows).Values);
        }
    }

    [Fact]
    public void A_child_that_is_shared_across_another_test_is_no_set_and_is_walked()
    {
        // 0: x = 1 ? 1 : 2; 2: y <= 0 ? 3 : 4; 4: x = 2 ? 1 : 5.
        var trees = new Written();
        trees.Begin();
        trees.Node("BRANCH_EQ", 0, 1, 0, 1, 2);
        trees.Leaf(10);
        trees.Node("BRANCH_LEQ", 1, 0, 0, 3, 4);
        trees.Leaf(20);
        trees.Node("BRANCH_EQ", 0, 2, 0, 1, 5);
        trees.Leaf(30);
        var model = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 1, trees.Write));
        Assert.IsType<WalkedTrees>(model.Plan.Core);
        var rows = new Frame([new NumericColumn("f0", [1, 1, 2, 2, 3, 3]), new NumericColumn("f1", [0, 1, 0, 1, 0, 1])]);
        Assert.Equal([10, 10, 20, 10, 20, 30], model.Score(rows).Values);
    }

    [Fact]
    public void A_missing_value_is_in_a_set_where_any_of_its_tests_takes_it()
    {
        var trees = new Written();
        trees.Begin();
        trees.Node("BRANCH_EQ", 0, 1, 0, 1, 2);
        trees.Leaf(10);
        trees.Node("BRANCH_EQ", 0, 2, 1, 1, 3);
        trees.Leaf(30);
        var model = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 1, trees.Write));
        Assert.IsType<MaskTrees>(model.Plan.Core);
        var rows = new Frame([new NumericColumn("f0", [1, 2, 3, double.NaN]), new NumericColumn("f1", [0, 0, 0, 0])]);
        Assert.Equal([10, 10, 30, 10], model.Score(rows).Values);
    }

    [Fact]
    public void Two_ways_to_the_scores_are_run_node_by_node()
    {
        var model = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 1, g => g.Output("Add", [
            g.Node("Gemm", ["x", g.Floats([1, 2], 1, 2)], Int("transB", 1)),
            g.Node("Gemm", ["x", g.Floats([10, 20], 1, 2)], Int("transB", 1))], "y")));
        Assert.Null(model.Plan.Core);
        Assert.Equal([33], model.Score(new Frame([new NumericColumn("f0", [1]), new NumericColumn("f1", [1])])).Values);
    }

    private sealed class Written
    {
        private readonly List<long> _trees = [], _nodes = [], _features = [], _true = [], _false = [], _missing = [];
        private readonly List<float> _values = [], _weights = [];
        private readonly List<string> _modes = [];
        private readonly List<(long Tree, long Node)> _leaves = [];
        private int _tree = -1;
        private int _next;

        public void Begin()
        {
            _tree++;
            _next = 0;
        }

        public void Grow(int leaves, Func<(string Mode, int Feature, float Value, int Missing)> test, Xoshiro256 random)
        {
            if (leaves == 1)
            {
                Leaf((float)random.NextDouble());
                return;
            }
            var (left, (mode, feature, value, missing)) = (1 + random.Next(leaves - 1), test());
            Node(mode, feature, value, missing, _next + 1, _next + 2 * left);
            Grow(left, test, random);
            Grow(leaves - left, test, random);
        }

        public void Leaf(float weight)
        {
            _leaves.Add((_tree, _next));
            _weights.Add(weight);
            Node("LEAF", 0, 0, 0, 0, 0);
        }

        public void Node(string mode, int feature, float value, int missing, int yes, int no)
        {
            _trees.Add(_tree);
            _nodes.Add(_next++);
            _features.Add(feature);
            _modes.Add(mode);
            _values.Add(value);
            _missing.Add(missing);
            _true.Add(yes);
            _false.Add(no);
        }

        public void Write(Learning.Onnx.Export.GraphBuilder graph) => graph.MlNode("TreeEnsembleRegressor", ["x"], "y",
            Int("n_targets", 1), Ints("nodes_treeids", _trees), Ints("nodes_nodeids", _nodes), Ints("nodes_featureids", _features),
            Texts("nodes_modes", _modes), Singles("nodes_values", _values), Ints("nodes_truenodeids", _true), Ints("nodes_falsenodeids", _false),
            Ints("nodes_missing_value_tracks_true", _missing), Ints("target_treeids", _leaves.Select(l => l.Tree)),
            Ints("target_nodeids", _leaves.Select(l => l.Node)), Ints("target_ids", _leaves.Select(_ => 0L)), Singles("target_weights", _weights));
    }
}
