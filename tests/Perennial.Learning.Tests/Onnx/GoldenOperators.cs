using System.Text.Json.Nodes;
using Google.Protobuf;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Randomness;
using static Perennial.Learning.Onnx.Export.GraphBuilder;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;
using GraphBuilder = Perennial.Learning.Onnx.Export.GraphBuilder;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>
/// Graphs behind files in Golden that hold one operator after another, each on the input <c>x</c>, with the results side by side as
/// <c>y</c>: what exporters write that no trainer here needs.
/// </summary>
internal static class GoldenOperators
{
    private const int Rows = 12;

    public static IEnumerable<(string Name, GoldenCase Case)> All()
    {
        yield return ("activations", Case("float", 3, Activations));
        yield return ("activations-20", Case("float", 3, NewerActivations, opset: 20));
        yield return ("reductions", Case("float", 6, Reductions));
        yield return ("reductions-18", Case("float", 6, NewerReductions, opset: 18));
        yield return ("movement", Case("float", 6, Movement));
        yield return ("indices", Case("float", 4, Indices));
        yield return ("normalizations", Case("float", 4, Normalizations));
        yield return ("variadic", Case("float", 3, Variadic));
        yield return ("doubles", Case("double", 3, Doubles));
        yield return ("integers", Case("int32", 3, Integers));
        yield return ("opset-9", Case("float", 6, OlderForms, opset: 9));
        yield return ("columns", Case("float", 3, Columns));
        yield return ("support-vectors", Case("float", 3, SupportVectors));
        yield return ("support-vector-classes", Case("float", 2, SupportVectorClasses));
        yield return ("tree-ensemble-5", Case("float", 2, TreeEnsemble, ml: 5));
    }

    private static GoldenCase Case(string type, int columns, Func<GraphBuilder, string[]> write, int opset = 17, int ml = 3)
    {
        var random = new Xoshiro256(23);
        var element = type switch { "double" => DataType.Double, "int32" => DataType.Int32, _ => DataType.Float };
        JsonNode Draw() => type switch
        {
            "float" => (double)(float)(random.NextDouble() * 4 - 2),
            "double" => random.NextDouble() * 4 - 2,
            _ => random.Next(21) - 10,
        };
        var values = Enumerable.Range(0, Rows * columns).Select(_ => (JsonNode?)Draw()).ToArray();
        var bytes = GoldenGraphs.Foreign(element, columns, 0, g => g.Output("Concat", write(g), "y", Int("axis", 1)), opset, ml);
        return GoldenCase.Of(bytes, type, columns, values);
    }

    private static string[] Activations(GraphBuilder g)
    {
        var magnitude = g.Node("Abs", ["x"]);
        return
        [
            g.Node("LeakyRelu", ["x"]), g.Node("LeakyRelu", ["x"], Single("alpha", 0.3f)), g.Node("Elu", ["x"]), g.Node("Elu", ["x"], Single("alpha", 1.5f)),
            g.Node("Selu", ["x"]), g.Node("Celu", ["x"], Single("alpha", 2)), g.Node("Softplus", ["x"]), g.Node("Softsign", ["x"]),
            g.Node("HardSigmoid", ["x"]), g.Node("HardSigmoid", ["x"], Single("alpha", 0.5f), Single("beta", 0.3f)), g.Node("HardSwish", ["x"]),
            g.Node("ThresholdedRelu", ["x"], Single("alpha", 0.5f)), g.Node("PRelu", ["x", g.Floats([0.1f, 0.2f, 0.3f], 3)]),
            g.Node("Erf", ["x"]), g.Node("Erf", [g.Node("Mul", ["x", g.Float(3)])]), g.Node("Sqrt", [magnitude]), g.Node("Reciprocal", ["x"]),
            g.Node("Ceil", ["x"]), g.Node("Floor", ["x"]), g.Node("Round", [g.Node("Mul", ["x", g.Float(2.5f)])]), g.Node("Sign", ["x"]),
            g.Node("Pow", [magnitude, g.Float(1.7f)]), g.Node("Pow", ["x", g.Float(3)]), g.Node("Pow", ["x", g.Long(2)]), g.Node("Pow", [magnitude, g.Float(-0.5f)]),
            g.Cast(g.Node("IsInf", [g.Node("Div", ["x", g.Floats([0, 1, 2], 1, 3)])], Int("detect_negative", 0)), DataType.Float),
            g.Cast(g.Node("Xor", [g.Node("Less", ["x", g.Float(0.5f)]), g.Node("Greater", ["x", g.Float(-0.5f)])]), DataType.Float),
        ];
    }

    private static string[] NewerActivations(GraphBuilder g) =>
        [g.Node("Gelu", ["x"]), g.Node("Gelu", ["x"], Text("approximate", "tanh")), g.Node("Mish", ["x"]), g.Node("Relu", ["x"])];

    private static string[] Reductions(GraphBuilder g)
    {
        var cube = g.Node("Reshape", ["x", g.Longs([0, 2, 3], 3)]);
        var positive = g.Node("Abs", [cube]);
        string[] kinds = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"];
        return
        [
            .. kinds.Select(kind => g.Node(kind, [cube], Ints("axes", [2]), Int("keepdims", 0))),
            .. kinds.Select(kind => g.Node(kind, [cube], Ints("axes", [1, -1]), Int("keepdims", 0))).Select(c => g.Node("Unsqueeze", [c, g.Longs([1], 1)])),
            g.Node("Flatten", [g.Node("ReduceMean", [cube], Ints("axes", [1]))]),
            g.Node("ReduceLogSum", [positive], Ints("axes", [2]), Int("keepdims", 0)),
            g.Node("ReduceSum", [cube, g.Longs([1], 1)], Int("keepdims", 0)),
            g.Cast(g.Node("ArgMin", [cube], Int("axis", 2), Int("keepdims", 0)), DataType.Float),
            g.Node("CumSum", ["x", g.Node("Squeeze", [g.Longs([1], 1)])]),
            g.Node("CumSum", ["x", g.Node("Squeeze", [g.Longs([-1], 1)])], Int("exclusive", 1), Int("reverse", 1)),
        ];
    }

    private static string[] NewerReductions(GraphBuilder g)
    {
        var cube = g.Node("Reshape", ["x", g.Longs([0, 2, 3], 3)]);
        return
        [
            g.Node("ReduceMean", [cube, g.Longs([2], 1)], Int("keepdims", 0)), g.Node("ReduceMax", ["x", g.Longs([-1], 1)]),
            g.Node("ReduceL2", ["x", g.Longs([1], 1)]), g.Node("ReduceSum", ["x"], Int("noop_with_empty_axes", 1)),
        ];
    }

    private static string[] Movement(GraphBuilder g)
    {
        var cube = g.Node("Reshape", ["x", g.Longs([0, 2, 3], 3)]);
        var parts = g.Node("Split", ["x", g.Longs([1, 3, 2], 3)], Int("axis", 1));
        var split = g.Graph.Node.Single(n => n.Output[0] == parts);
        split.Output.Add("part 1");
        split.Output.Add("part 2");
        var rows = g.Node("Slice", [g.Node("Shape", ["x"]), g.Longs([0], 1), g.Longs([1], 1)]);
        var tall = g.Node("Concat", [rows, g.Longs([2], 1)], Int("axis", 0));
        return
        [
            g.Node("Flatten", [g.Node("Transpose", [cube], Ints("perm", [0, 2, 1]))]), "part 2", parts, "part 1",
            g.Node("Slice", ["x", g.Longs([-1], 1), g.Longs([-7], 1), g.Longs([1], 1), g.Longs([-2], 1)]),
            g.Node("Slice", ["x", g.Longs([1], 1), g.Longs([long.MaxValue], 1), g.Longs([-1], 1)]),
            g.Node("Flatten", [g.Node("Slice", [cube, g.Longs([1, 0], 2), g.Longs([2, 3], 2), g.Longs([1, 2], 2), g.Longs([1, 2], 2)])]),
            g.Node("Tile", [g.Node("Slice", ["x", g.Longs([0], 1), g.Longs([2], 1), g.Longs([1], 1)]), g.Longs([1, 3], 2)]),
            g.Node("Expand", [parts, g.Longs([1, 4], 2)]),
            g.Node("Expand", [g.Floats([7, 8], 1, 2), tall]), g.Node("ConstantOfShape", [tall]),
            g.Node("Reshape", [g.Node("Transpose", [g.Node("Transpose", ["x"])]), g.Node("Shape", ["x"])]),
        ];
    }

    private static string[] Indices(GraphBuilder g)
    {
        var top = g.Node("TopK", ["x", g.Longs([2], 1)]);
        g.Graph.Node.Single(n => n.Output[0] == top).Output.Add("top places");
        var low = g.Node("TopK", ["x", g.Longs([3], 1)], Int("largest", 0), Int("axis", 1));
        g.Graph.Node.Single(n => n.Output[0] == low).Output.Add("low places");
        var best = g.Node("ArgMax", ["x"], Int("axis", 1), Int("keepdims", 0));
        return
        [
            top, g.Cast("top places", DataType.Float), low, g.Cast("low places", DataType.Float), g.Node("GatherElements", ["x", "low places"], Int("axis", 1)),
            g.Node("OneHot", [best, g.Node("Squeeze", [g.Long(4)]), g.Floats([-1, 2], 2)]),
            g.Node("Flatten", [g.Node("OneHot", ["top places", g.Node("Squeeze", [g.Long(4)]), g.Floats([0, 1], 2)], Int("axis", 1))]),
            g.Cast(g.Node("Gather", [g.Longs([10, 20, 30, 40], 4), g.Node("Unsqueeze", [best, g.Longs([1], 1)])]), DataType.Float),
        ];
    }

    private static string[] Normalizations(GraphBuilder g) =>
    [
        g.Node("BatchNormalization", ["x", g.Floats([1, 2, 3, 4], 4), g.Floats([0, 1, 0, -1], 4), g.Floats([0.1f, 0, -0.2f, 1], 4),
            g.Floats([1, 0.5f, 2, 0.1f], 4)], Single("epsilon", 1e-3f)),
        g.Node("LayerNormalization", ["x", g.Floats([1, 2, 0.5f, 1], 4), g.Floats([0, 0.1f, 0, 1], 4)]), g.Node("LayerNormalization", ["x", g.Floats([1, 1, 1, 1], 4)]),
        g.Node("LpNormalization", ["x"]), g.Node("LpNormalization", ["x"], Int("p", 1), Int("axis", 1)), g.Node("Dropout", ["x"]),
        g.Node("LogSoftmax", ["x"]), g.Node("Hardmax", ["x"]), g.Node("Softmax", ["x"], Int("axis", 1)),
    ];

    private static string[] Variadic(GraphBuilder g)
    {
        var column = g.Node("ReduceMax", ["x"], Ints("axes", [1]));
        return
        [
            g.Node("Max", ["x", g.Float(0), column, g.Floats([-1, 0, 1], 3)]), g.Node("Min", ["x", g.Float(0.5f)]), g.Node("Sum", ["x", column, "x"]),
            g.Node("Mean", ["x", column, g.Float(3)]), g.Node("Max", ["x"]),
            g.Node("MatMul", ["x", g.Floats([1, 2, 3, 4, 5, 6], 3, 2)]),
            g.Node("Flatten", [g.Node("MatMul", [g.Node("Unsqueeze", ["x", g.Longs([1], 1)]), g.Floats([1, 2, 3, 4, 5, 6], 3, 2)])]),
            g.Node("Unsqueeze", [g.Node("MatMul", ["x", g.Floats([1, -2, 3], 3)]), g.Longs([-1], 1)]),
        ];
    }

    private static string[] Doubles(GraphBuilder g)
    {
        var wide = g.Cast(g.Floats([0.1f, 0.2f, 0.3f, -0.4f, 0.5f, 0.6f], 3, 2), DataType.Double);
        var one = g.Cast(g.Float(1), DataType.Double);
        var product = g.Node("Gemm", ["x", wide, g.Cast(g.Floats([1, 2], 2), DataType.Double)], Single("alpha", 0.5f));
        string[] doubles =
        [
            product, g.Node("Softmax", [product]), g.Node("Sub", ["x", one]), g.Node("Exp", ["x"]), g.Node("ReduceSum", ["x", g.Longs([1], 1)]),
            g.Node("Where", [g.Node("Less", ["x", one]), "x", one]), g.Node("Max", ["x", one]), g.Node("Slice", ["x", g.Longs([1], 1), g.Longs([3], 1), g.Longs([1], 1)]),
        ];
        return
        [
            .. doubles.Select(d => g.Cast(d, DataType.Float)), g.Cast(g.Cast("x", DataType.Int64), DataType.Float), g.Cast(g.Cast("x", DataType.Bool), DataType.Float),
            g.MlNode("Scaler", ["x"], null, Singles("offset", [0.5f]), Singles("scale", [2])),
            g.MlNode("Normalizer", ["x"], null, Text("norm", "L1")),
        ];
    }

    private static string[] Integers(GraphBuilder g)
    {
        var longs = g.Cast("x", DataType.Int64);
        string[] whole = [g.Node("Add", [longs, g.Long(3)]), g.Node("Mul", [longs, longs]), g.Node("Max", [longs, g.Long(2)]), g.Node("Abs", [longs]),
            g.Node("ReduceSum", [longs, g.Longs([1], 1)]), g.Node("Mod", [longs, g.Long(4)]), g.Cast(g.Node("Mul", [longs, g.Long(1L << 31)]), DataType.Int32),
            g.Cast(g.Node("Mul", ["x", g.Cast(g.Long(30), DataType.Int32)]), DataType.Int8), g.Cast(longs, DataType.Uint8)];
        return
        [
            .. whole.Select(w => g.Cast(w, DataType.Float)), g.Cast("x", DataType.Float),
            g.Cast(g.MlNode("LabelEncoder", [longs], null, Ints("keys_int64s", [1, 2, 3]), Ints("values_int64s", [7, 8, 9]), Int("default_int64", -5)), DataType.Float),
            g.MlNode("Scaler", [longs], null, Singles("offset", [1, 2, 3]), Singles("scale", [0.5f, 1, 2])),
        ];
    }

    // As ML.NET and older converters write: axes, bounds and lengths are attributes.
    private static string[] OlderForms(GraphBuilder g)
    {
        var cube = g.Node("Reshape", ["x", g.Longs([0, 2, 3], 3)]);
        var parts = g.Node("Split", ["x"], Int("axis", 1), Ints("split", [2, 4]));
        g.Graph.Node.Single(n => n.Output[0] == parts).Output.Add("rest");
        return
        [
            g.Node("Clip", ["x"], Single("min", -1), Single("max", 0.5f)), g.Node("Flatten", [g.Node("Softmax", [cube], Int("axis", 1))]),
            g.Node("Squeeze", [g.Node("Unsqueeze", ["x"], Ints("axes", [0, 2]))], Ints("axes", [0, 2])), g.Node("Softmax", ["x"]),
            g.Node("Slice", ["x"], Ints("starts", [1]), Ints("ends", [-1]), Ints("axes", [1])), g.Node("ReduceSum", ["x"], Ints("axes", [1])),
            parts, "rest", g.Node("Dropout", ["x"], Single("ratio", 0.3f)), g.Node("LogSoftmax", ["x"], Int("axis", 1)),
        ];
    }

    private static string[] Columns(GraphBuilder g) =>
    [
        g.MlNode("Binarizer", ["x"], null, Single("threshold", 0.25f)),
        g.MlNode("FeatureVectorizer", ["x", g.Node("ReduceMax", ["x"], Ints("axes", [1]))], null, Ints("inputdimensions", [3, 1])),
        g.MlNode("Normalizer", ["x"], null, Text("norm", "MAX")), g.MlNode("Normalizer", ["x"], null, Text("norm", "L1")),
        g.MlNode("LinearRegressor", ["x"], null, Singles("coefficients", [1, -2, 0.5f]), Singles("intercepts", [0.25f])),
    ];

    private static string[] SupportVectors(GraphBuilder g)
    {
        string Regressor(string kernel, float[] parameters, float[] coefficients, float[] vectors, long oneClass = 0) => g.MlNode("SVMRegressor", ["x"], null,
            Text("kernel_type", kernel), Singles("kernel_params", parameters), Singles("coefficients", coefficients), Singles("support_vectors", vectors),
            Int("n_supports", vectors.Length / 3), Singles("rho", [0.25f]), Int("one_class", oneClass));
        float[] two = [1, 0.5f, -1, -0.5f, 2, 0.25f];
        return
        [
            Regressor("RBF", [0.3f, 0, 3], [1.5f, -0.7f], two), Regressor("POLY", [0.5f, 1, 3], [1.5f, -0.7f], two), Regressor("SIGMOID", [0.1f, 0.2f, 3], [1.5f, -0.7f], two),
            Regressor("LINEAR", [0.1f, 0, 3], [0.5f, -2, 1], []), Regressor("RBF", [0.3f, 0, 3], [1, -1], two, oneClass: 1),
        ];
    }

    private static string[] SupportVectorClasses(GraphBuilder g)
    {
        string Classifier(string kernel, long[] labels, long[] counts, float[] vectors, float[] coefficients, float[] rho, float[] a, float[] b)
        {
            var label = g.MlNode("SVMClassifier", ["x"], null, Text("kernel_type", kernel), Singles("kernel_params", [0.4f, 0.5f, 2]), Ints("classlabels_ints", labels),
                Ints("vectors_per_class", counts), Singles("support_vectors", vectors), Singles("coefficients", coefficients), Singles("rho", rho),
                Singles("prob_a", a), Singles("prob_b", b));
            var node = g.Graph.Node.Single(n => n.Output[0] == label);
            node.Output.Add(label + " scores");
            return node.Output[1];
        }
        return
        [
            Classifier("RBF", [7, 8], [2, 1], [1, 0.5f, -1, 0, 0.5f, -2], [0.7f, 1, -1.7f], [0.1f], [-1.5f], [0.2f]),
            Classifier("POLY", [1, 2, 4], [1, 2, 1], [1, 0.5f, -1, 0, 0.5f, -2, 1.5f, 1.5f], [0.7f, -1, -0.4f, -0.9f, 0.3f, 0.8f, 0.6f, -1.2f],
                [0.1f, -0.2f, 0.05f], [-1.5f, -0.8f, -1.1f], [0.2f, 0, -0.1f]),
        ];
    }

    // Two trees: a membership at the root of the first, missing values that track true, and a leaf on either side.
    private static string[] TreeEnsemble(GraphBuilder g)
    {
        var whole = g.Node("Floor", ["x"]);
        return
        [
            g.MlNode("TreeEnsemble", [whole], null,
                Stored("nodes_splits", DataType.Float, [.. new[] { 0f, -0.5f, 0.5f }.SelectMany(BitConverter.GetBytes)], 3), Stored("nodes_modes", DataType.Uint8, [6, 0, 3], 3),
                Ints("nodes_featureids", [0, 1, 1]), Ints("nodes_truenodeids", [1, 0, 2]), Ints("nodes_falsenodeids", [3, 1, 4]),
                Ints("nodes_trueleafs", [0, 1, 1]), Ints("nodes_falseleafs", [1, 1, 1]), Ints("nodes_missing_value_tracks_true", [0, 1, 0]), Ints("tree_roots", [0, 2]),
                Stored("membership_values", DataType.Float, [.. new[] { -2f, 0f, 1f, float.NaN }.SelectMany(BitConverter.GetBytes)], 4), Ints("leaf_targetids", [0, 1, 0, 1, 0]),
                Stored("leaf_weights", DataType.Float, [.. new[] { 0.5f, 1.5f, -2f, 4f, 0.25f }.SelectMany(BitConverter.GetBytes)], 5),
                Int("n_targets", 2), Int("aggregate_function", 1), Int("post_transform", 0)),
        ];
    }

    private static AttributeProto Stored(string name, DataType type, byte[] raw, long length) => new()
    {
        Name = name,
        Type = AttributeProto.Types.AttributeType.Tensor,
        T = new TensorProto { Name = name, DataType = (int)type, Dims = { length }, RawData = ByteString.CopyFrom(raw) },
    };
}
