using System.Text.Json.Nodes;
using Google.Protobuf;
using Perennial.Learning.Calibration;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Randomness;
using static Perennial.Learning.Onnx.Export.GraphBuilder;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;
using GraphBuilder = Perennial.Learning.Onnx.Export.GraphBuilder;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>
/// The graphs behind the files in Golden: some exported, some as other exporters write them, without metadata and with one input of
/// several columns.
/// </summary>
internal static class GoldenGraphs
{
    private const int Rows = 12;

    public static IEnumerable<(string Name, GoldenCase Case)> All()
    {
        yield return ("binary-trees", Exported(8, TaskKind.Binary));
        yield return ("multiclass-trees", Exported(3, TaskKind.Multiclass));
        yield return ("regression-trees", Exported(5, TaskKind.Regression));
        yield return ("level-sets", LevelSets());
        yield return ("binary-linear", Exported(1, TaskKind.Binary));
        yield return ("multiclass-linear", Exported(4, TaskKind.Multiclass));
        yield return ("multiclass-constant", Exported(7, TaskKind.Multiclass));
        yield return ("calibrated-line", Calibrated(1, TaskKind.Binary, new PlattCalibrator(0.6, -0.4)));
        yield return ("calibrated-curve", Calibrated(8, TaskKind.Binary, new IsotonicCalibrator([0.001, 0.1, 0.25, 0.3, 0.7, 0.71, 0.99], [0.02, 0.1, 0.2, 0.2, 0.65, 0.8, 0.9])));
        yield return ("calibrated-temperature", Calibrated(3, TaskKind.Multiclass, new TemperatureCalibrator(1.7)));
        yield return ("mlp", Floats(4, MultilayerPerceptron));
        yield return ("linear-classifier", Floats(3, LinearClassifier));
        yield return ("imputed-regressor", Floats(3, ImputedRegressor, missing: true));
        yield return ("tree-classifier", Floats(2, g => TreeClassifier(g, ["a", "b", "c"], [0, 1, 2, 1])));
        yield return ("tree-classifier-one-margin", Floats(2, g => TreeClassifier(g, ["no", "yes"], [0, 0, 0, 0])));
        yield return ("elementwise", Floats(3, Elementwise));
        yield return ("shapes", Floats(4, Shapes));
        yield return ("categories", Categories());
        yield return ("category-mapper", CategoryMapper());
        foreach (var operators in GoldenOperators.All()) yield return operators;
        foreach (var text in GoldenTexts.All()) yield return text;
    }

    /// <summary>A graph of ours without our metadata: one input <c>x</c>, the output <c>y</c>, of a width that is not said where it is 0.</summary>
    public static byte[] Foreign(DataType type, int columns, int outputs, Action<GraphBuilder> write, int opset = 17, int ml = 3)
    {
        var builder = new GraphBuilder();
        builder.Graph.Input.Add(Value("x", type, columns));
        write(builder);
        var output = Value("y", DataType.Float, outputs);
        if (outputs == 0) output.Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "columns" };
        builder.Graph.Output.Add(output);
        var model = new ModelProto { IrVersion = ml < 5 ? 8 : 10, Graph = builder.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = ml });
        if (builder.Graph.Node.Any(n => n.Domain == "com.microsoft"))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model.ToByteArray();
    }

    private static GoldenCase Exported(ulong seed, TaskKind task)
    {
        var (model, rows) = RandomModels.Draw(seed, task, Rows);
        return GoldenCase.Of(model, rows);
    }

    private static GoldenCase Calibrated(ulong seed, TaskKind task, Calibrator calibrator)
    {
        var plain = Exported(seed, task);
        return plain with { Model = CalibratedGraph.Apply(plain.Model, calibrator) };
    }

    private static GoldenCase LevelSets()
    {
        var (model, rows) = RandomModels.Draw(5, TaskKind.Multiclass, 60);
        return GoldenCase.Of(RandomModels.WithSets(model, 5), rows);
    }

    private static GoldenCase Floats(int columns, Func<GraphBuilder, int> write, bool missing = false)
    {
        var outputs = write(new GraphBuilder());
        var random = new Xoshiro256(11);
        var values = Enumerable.Range(0, Rows * columns)
            .Select(i => missing && random.Next(3) == 0 ? null : (JsonNode?)(double)(float)(random.NextDouble() * 4 - 2)).ToArray();
        return GoldenCase.Of(Foreign(DataType.Float, columns, outputs, g => write(g)), "float", columns, values);
    }

    private static float[] Weights(int count)
    {
        var random = new Xoshiro256((ulong)count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }

    private static int MultilayerPerceptron(GraphBuilder g)
    {
        var hidden = g.Node("Relu", [g.Node("Gemm", ["x", g.Floats(Weights(32), 4, 8), g.Floats(Weights(8), 8)])]);
        var second = g.Node("Tanh", [g.Node("Gemm", [hidden, g.Floats(Weights(40), 5, 8), g.Floats(Weights(5), 1, 5)],
            Int("transB", 1), Single("alpha", 0.5f), Single("beta", 2))]);
        var logits = g.Node("Add", [g.Node("MatMul", [second, g.Floats(Weights(15), 5, 3)]), g.Floats(Weights(3), 3)]);
        g.Output("Softmax", [logits], "y", Int("axis", -1));
        return 3;
    }

    private static int LinearClassifier(GraphBuilder g)
    {
        var scaled = g.MlNode("Scaler", ["x"], null, Singles("offset", [0.1f, 0.2f, -0.3f]), Singles("scale", [2, 0.5f, 1]));
        var node = g.MlNode("LinearClassifier", [scaled], "label", Singles("coefficients", Weights(9)), Singles("intercepts", Weights(3)),
            Ints("classlabels_ints", [3, 5, 8]), Text("post_transform", "SOFTMAX"));
        g.Graph.Node.Single(n => n.Output[0] == node).Output.Add("y");
        return 3;
    }

    private static int ImputedRegressor(GraphBuilder g)
    {
        var imputed = g.MlNode("Imputer", ["x"], null,
            Singles("imputed_value_floats", [0.5f, -1, 2]), Single("replaced_value_float", float.NaN));
        var normal = g.MlNode("Normalizer", [imputed], null, Text("norm", "L2"));
        g.MlNode("LinearRegressor", [normal], "y",
            Singles("coefficients", Weights(6)), Singles("intercepts", Weights(2)), Int("targets", 2));
        return 2;
    }

    // Two trees: every mode, and missing values on either side.
    private static int TreeClassifier(GraphBuilder g, string[] labels, long[] classes)
    {
        var node = g.MlNode("TreeEnsembleClassifier", ["x"], "label",
            Ints("nodes_treeids", [0, 0, 0, 0, 0, 1, 1, 1]),
            Ints("nodes_nodeids", [0, 1, 2, 3, 4, 0, 1, 2]),
            Ints("nodes_featureids", [0, 1, 0, 0, 0, 1, 0, 0]),
            Texts("nodes_modes", ["BRANCH_LT", "BRANCH_GTE", "LEAF", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF"]),
            Singles("nodes_values", [0.2f, -0.5f, 0, 0, 0, 0.9f, 0, 0]),
            Ints("nodes_truenodeids", [1, 2, 0, 0, 0, 1, 0, 0]),
            Ints("nodes_falsenodeids", [4, 3, 0, 0, 0, 2, 0, 0]),
            Ints("class_treeids", [0, 0, 0, 1]), Ints("class_nodeids", [2, 3, 4, 1]), Ints("class_ids", classes),
            Singles("class_weights", [0.7f, -1.1f, 0.4f, 0.3f]),
            Texts("classlabels_strings", labels), Text("post_transform", "LOGISTIC"));
        g.Graph.Node.Single(n => n.Output[0] == node).Output.Add("y");
        return labels.Length;
    }

    private static int Elementwise(GraphBuilder g)
    {
        var magnitude = g.Node("Abs", [g.Node("Neg", ["x"])]);
        var logs = g.Node("Log", [g.Node("Exp", [g.Node("Clip", ["x", Scalar(g, -1), Scalar(g, 1)])])]);
        var both = g.Node("And", [g.Node("Greater", ["x", g.Float(-1.5f)]), g.Node("Not", [g.Node("LessOrEqual", ["x", g.Float(-1)])])]);
        var either = g.Node("Or", [both, g.Node("Equal", [g.Cast("x", DataType.Int64), g.Long(1)])]);
        var remainder = g.Node("Mod", ["x", g.Float(0.7f)], Int("fmod", 1));
        var whole = g.Cast(g.Node("Mod", [g.Cast(g.Node("Mul", ["x", g.Float(10)]), DataType.Int64), g.Long(7)]), DataType.Float);
        var cut = g.Cast(g.Node("Div", [g.Cast(g.Node("Mul", ["x", g.Float(10)]), DataType.Int64), g.Long(4)]), DataType.Float);
        var sum = g.Node("Add", [g.Node("Where", [either, magnitude, logs]), g.Node("Sigmoid", [g.Node("Sub", [remainder, whole])])]);
        g.Output("Div", [g.Node("Add", [sum, cut]), g.Floats([1, 2, 3], 1, 3)], "y");
        return 3;
    }

    private static int Shapes(GraphBuilder g)
    {
        var table = g.Node("Reshape", ["x", g.Longs([0, 2, -1], 3)]);
        var second = g.Node("Gather", [table, g.Longs([1, -2], 2)], Int("axis", 1));
        var flat = g.Node("Flatten", [g.Node("Unsqueeze", [second, g.Longs([1], 1)])], Int("axis", 1));
        var some = g.MlNode("ArrayFeatureExtractor", [flat, g.Longs([3, 0], 1, 2)], null);
        var best = g.Node("ArgMax", ["x"], Int("axis", 1), Int("keepdims", 0));
        var column = g.Cast(g.Node("Unsqueeze", [best, g.Longs([-1], 1)]), DataType.Float);
        g.Output("Concat", [some, column, g.Node("Softmax", [flat], Int("axis", 1))], "y", Int("axis", 1));
        return 7;
    }

    private static GoldenCase Categories()
    {
        var bytes = Foreign(DataType.String, 2, 6, g =>
        {
            var hot = g.MlNode("OneHotEncoder", ["x"], null, Texts("cats_strings", ["red", "green", "鳥"]), Int("zeros", 1));
            g.Output("Flatten", [hot], "y", Int("axis", 1));
        });
        return GoldenCase.Of(bytes, "string", 2, ["red", "green", "鳥", "", "blue", "red", "red", "red"]);
    }

    private static GoldenCase CategoryMapper()
    {
        var bytes = Foreign(DataType.String, 2, 2, g => g.Output("Cast", [g.MlNode("CategoryMapper", ["x"], null,
            Texts("cats_strings", ["red", "green"]), Ints("cats_int64s", [4, 9]), Int("default_int64", -3))], "y", Int("to", (int)DataType.Float)));
        return GoldenCase.Of(bytes, "string", 2, ["red", "green", "", "blue"]);
    }

    private static string Scalar(GraphBuilder g, float value) => g.Node("Squeeze", [g.Float(value)]);
}
