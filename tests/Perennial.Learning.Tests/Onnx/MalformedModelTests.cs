using Google.Protobuf;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Export;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Randomness;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Tests.Onnx;

public sealed class MalformedModelTests
{
    [Theory]
    [InlineData("binary-trees")]
    [InlineData("multiclass-linear")]
    [InlineData("shapes")]
    [InlineData("tree-classifier")]
    public void Damaged_bytes_are_refused_or_scored_and_never_do_anything_else(string name)
    {
        var golden = GoldenGraphs.All().Single(g => g.Name == name).Case;
        var rows = GoldenCase.Rows(golden.Model, golden.Inputs);
        var random = new Xoshiro256(5);
        var refused = 0;
        for (var round = 0; round < 400; round++)
        {
            var bytes = Damage(golden.Model, random);
            try
            {
                OnnxModel.Load(bytes).Score(rows);
            }
            catch (Exception e) when (e is OnnxFormatException or ArgumentException { ParamName: null })
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 399);
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
    {
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(ReadOnlyMemory<byte>.Empty));
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Load("speed,label\n1,2\n"u8.ToArray()));
    }

    [Fact]
    public void A_lacking_operator_is_named_with_those_that_are_supported()
    {
        var message = Refused(g => g.Output("LSTM", ["x"], "y"));
        Assert.Contains("(LSTM)", message);
        Assert.Contains("the operator LSTM is not supported; supported are Abs, Add, ", message);
        Assert.Contains("ai.onnx.ml.TreeEnsembleRegressor", message);
    }

    [Fact]
    public void A_tensor_that_nothing_makes_is_named() =>
        Assert.Contains("field 'input' refers to 'nowhere'", Refused(g => g.Output("Add", ["x", "nowhere"], "y")));

    [Fact]
    public void A_cycle_is_refused() => Assert.Contains("cycle", Refused(g =>
    {
        g.Graph.Node.Add(new NodeProto { OpType = "Neg", Input = { "b" }, Output = { "a" } });
        g.Graph.Node.Add(new NodeProto { OpType = "Neg", Input = { "a" }, Output = { "b" } });
        g.Output("Add", ["x", "a"], "y");
    }));

    [Fact]
    public void A_claimed_size_without_the_data_is_refused() => Assert.Contains("tensor 'big' has 1 elements", Refused(g =>
    {
        var big = new TensorProto { Name = "big", DataType = (int)DataType.Float, Dims = { 1 << 20, 1 << 7 }, FloatData = { 1 } };
        g.Graph.Initializer.Add(big);
        g.Output("Add", ["x", "big"], "y");
    }));

    [Fact]
    public void Tensors_that_grow_without_end_are_refused() => Assert.Contains("Concat", Refused(g =>
    {
        var wide = "x";
        for (var i = 0; i < 40; i++) wide = g.Node("Concat", [wide, wide], GraphBuilder.Int("axis", 1));
        g.Output("Identity", [wide], "y");
    }));

    [Fact]
    public void Rows_that_are_mixed_are_refused() =>
        Assert.Contains("beside other rows", Refused(g => g.Output("Softmax", ["x"], "y", GraphBuilder.Int("axis", 0))));

    [Fact]
    public void Another_opset_is_refused()
    {
        var model = ModelProto.Parser.ParseFrom(GoldenGraphs.Foreign(DataType.Float, 1, 1, g => g.Output("Neg", ["x"], "y")));
        model.OpsetImport[0].Version = 8;
        var e = Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(model.ToByteArray()));
        Assert.Contains("'opset_import' asks for opset 8", e.Message);
    }

    [Theory]
    [InlineData("nodes_truenodeids", 0, 7L, "'nodes_truenodeids'[0] is 7, which is no node of tree 0")]
    [InlineData("nodes_truenodeids", 0, 0L, "lie on cycles")]
    [InlineData("nodes_falsenodeids", 0, 1L, "node 1 of tree 0 is the child of two nodes")]
    [InlineData("nodes_featureids", 0, -1L, "'nodes_featureids'[0] is -1")]
    [InlineData("nodes_featureids", 0, 9L, "the trees look at 10")]
    [InlineData("target_nodeids", 0, 0L, "which is no leaf of tree 0")]
    [InlineData("target_ids", 1, 3L, "'target_ids'[1] is 3")]
    public void A_tree_that_is_no_tree_is_refused(string attribute, int index, long value, string expected)
    {
        var message = Refused(g =>
        {
            var tree = g.MlNode("TreeEnsembleRegressor", ["x"], "y",
                GraphBuilder.Ints("nodes_treeids", [0, 0, 0]), GraphBuilder.Ints("nodes_nodeids", [0, 1, 2]),
                GraphBuilder.Ints("nodes_featureids", [0, 0, 0]), GraphBuilder.Singles("nodes_values", [1, 0, 0]),
                GraphBuilder.Texts("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF"]),
                GraphBuilder.Ints("nodes_truenodeids", [1, 0, 0]), GraphBuilder.Ints("nodes_falsenodeids", [2, 0, 0]),
                GraphBuilder.Ints("target_treeids", [0, 0]), GraphBuilder.Ints("target_nodeids", [1, 2]),
                GraphBuilder.Ints("target_ids", [0, 0]), GraphBuilder.Singles("target_weights", [1, 2]));
            g.Graph.Node.Single(n => n.Output[0] == tree).Attribute.Single(a => a.Name == attribute).Ints[index] = value;
        });
        Assert.Contains("TreeEnsembleRegressor", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void A_foreign_graph_of_one_wide_input_reads_columns_named_by_number()
    {
        var onnx = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 2, g => g.Output("Neg", ["x"], "y")));
        Assert.Equal([new ColumnSchema("f0", ColumnType.Numeric), new ColumnSchema("f1", ColumnType.Numeric)], onnx.Inputs);
        Assert.Null(onnx.Task);
        Assert.Empty(onnx.Classes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.5)]
    [InlineData(6, 3)]
    public void Trees_without_a_split_are_scored(int trees, double expected)
    {
        long[] numbers = [.. Enumerable.Range(0, trees).Select(t => (long)t)];
        var zeros = new long[trees];
        var onnx = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 1, 1, g => g.MlNode("TreeEnsembleRegressor", ["x"], "y",
            GraphBuilder.Ints("nodes_treeids", numbers), GraphBuilder.Ints("nodes_nodeids", zeros), GraphBuilder.Ints("nodes_featureids", zeros),
            GraphBuilder.Singles("nodes_values", new float[trees]), GraphBuilder.Texts("nodes_modes", zeros.Select(_ => "LEAF")),
            GraphBuilder.Ints("nodes_truenodeids", zeros), GraphBuilder.Ints("nodes_falsenodeids", zeros),
            GraphBuilder.Ints("target_treeids", numbers), GraphBuilder.Ints("target_nodeids", zeros),
            GraphBuilder.Ints("target_ids", zeros), GraphBuilder.Singles("target_weights", zeros.Select(_ => 0.5f)))));
        Assert.Equal([expected, expected], onnx.Score(new Frame([new NumericColumn("x", [1, double.NaN])])).Values);
    }

    [Fact]
    public void An_axis_without_elements_is_sliced_from_behind()
    {
        var onnx = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 2, g =>
        {
            var none = g.Node("Slice", ["x", g.Longs([0], 1), g.Longs([0], 1), g.Longs([1], 1)]);
            var turned = g.Node("Slice", [none, g.Longs([-1], 1), g.Longs([-3], 1), g.Longs([1], 1), g.Longs([-1], 1)]);
            g.Output("Concat", [turned, "x"], "y", GraphBuilder.Int("axis", 1));
        }));
        Assert.Equal([1, 2], onnx.Score(new Frame([new NumericColumn("f0", [1]), new NumericColumn("f1", [2])])).Values);
    }

    [Fact]
    public void An_axis_that_is_sliced_twice_is_refused() => Assert.Contains("axis 1 occurs twice",
        Refused(g => g.Output("Slice", ["x", g.Longs([1, 1], 2), g.Longs([2, 2], 2), g.Longs([1, -1], 2)], "y")));

    [Fact]
    public void Scores_in_double_are_taken_as_floats()
    {
        var bytes = GoldenGraphs.Foreign(DataType.Double, 1, 1, g => g.Output("Mul", ["x", "x"], "y"));
        var model = ModelProto.Parser.ParseFrom(bytes);
        model.Graph.Output[0].Type.TensorType.ElemType = (int)DataType.Double;
        var scores = OnnxModel.Load(model.ToByteArray()).Score(new Frame([new NumericColumn("x", [0.1, 1e300])]));
        Assert.Equal([(float)(0.1 * 0.1), double.PositiveInfinity], scores.Values);
    }

    [Fact]
    public void More_columns_than_a_file_may_have_are_refused() => Assert.Contains("10001 columns; a number from 1 to 10000",
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 10_001, 1, g => g.Output("Neg", ["x"], "y")))).Message);

    [Fact]
    public void A_shape_that_is_computed_from_rows_is_followed()
    {
        var onnx = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 4, 2, g =>
        {
            var rows = g.Node("Gather", [g.Node("Shape", ["x"]), g.Longs([0], 1)]);
            var shape = g.Node("Concat", [rows, g.Longs([2, -1], 2)], GraphBuilder.Int("axis", 0));
            g.Output("ReduceSum", [g.Node("Reshape", ["x", shape]), g.Longs([2], 1)], "y", GraphBuilder.Int("keepdims", 0));
        }));
        var columns = Enumerable.Range(0, 4).Select(c => new NumericColumn($"f{c}", [c, 10 * c]));
        Assert.Equal([1, 5, 10, 50], onnx.Score(new Frame([.. columns])).Values);
    }

    [Fact]
    public void A_shape_that_asks_for_too_much_is_refused() => Assert.Contains("elements", Refused(g =>
    {
        var wide = g.Node("Expand", [g.Float(1), g.Longs([3, 1 << 26], 2)]);
        g.Output("Add", [g.Node("ReduceSum", [wide, g.Longs([1], 1)]), "x"], "y");
    }));

    [Fact]
    public void An_integer_divided_by_zero_is_a_fault_of_the_named_node()
    {
        var onnx = OnnxModel.Load(GoldenGraphs.Foreign(DataType.Int64, 1, 1, g =>
            g.Output("Cast", [g.Node("Div", [g.Long(1), g.Node("Sub", ["x", g.Long(5)])])], "y", ToFloat)));
        var frame = new Frame([new NumericColumn("x", [5])]);
        Assert.Contains("(Div): an integer is divided by zero", Assert.Throws<OnnxFormatException>(() => onnx.Score(frame)).Message);
    }

    private static AttributeProto ToFloat => GraphBuilder.Int("to", (int)DataType.Float);

    private static string Refused(Action<GraphBuilder> write) =>
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(GoldenGraphs.Foreign(DataType.Float, 2, 2, write))).Message;

    private static byte[] Damage(byte[] model, Xoshiro256 random)
    {
        var bytes = model.ToArray();
        var kind = random.Next(4);
        if (kind == 0) return bytes[..random.Next(bytes.Length)];
        for (var n = random.Next(4); n >= 0; n--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = kind switch
            {
                1 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                2 => (byte)random.Next(256),
                _ => bytes[random.Next(bytes.Length)],
            };
        }
        return bytes;
    }
}
