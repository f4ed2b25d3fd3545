using Google.Protobuf;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Export;
using Perennial.Learning.Onnx.Protos;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Tests.Onnx;

public sealed class GraphSpliceTests
{
    private static readonly Frame Rows = new([
        new NumericColumn("a", [1, 2, double.NaN]), CategoricalColumn.From("scores", ["x", "y", null]), new NumericColumn("unread", [7, 8, 9])]);

    private static readonly FittedTransform[] Transforms = [new ImputedScaled("a", 5, 1, 0.5f, Indicator: true), new OneHot("scores", ["x"])];

    [Fact]
    public void Scores_are_those_of_the_graph_on_the_features_and_labels_follow_from_them()
    {
        var graph = Binary();
        var onnx = OnnxModel.Load(Export(TaskKind.Binary, ["no", "yes"], 1, graph, "Probability.output"));

        Assert.Equal([new ColumnSchema("a", ColumnType.Numeric), new ColumnSchema("scores", ColumnType.Categorical)], onnx.Inputs);
        Assert.Equal(["no", "yes"], onnx.Classes);
        Assert.Equal(TaskKind.Binary, onnx.Task);
        var features = FeatureEncoding.Apply(Transforms, Rows);
        var scores = onnx.Score(Rows);
        for (var row = 0; row < Rows.RowCount; row++)
        {
            var margin = 0.25;
            for (var f = 0; f < features.FeatureCount; f++) margin += (f + 1) * features[row, f];
            Assert.Equal(1 / (1 + Math.Exp(-(2 * margin))), scores.Values[row], 1e-6);
        }
    }

    [Fact]
    public void Only_what_the_scores_depend_on_is_written()
    {
        var model = ModelProto.Parser.ParseFrom(Export(TaskKind.Binary, ["no", "yes"], 1, Binary(), "Probability.output"));

        Assert.Equal(["a", "perennial/input/1"], model.Graph.Input.Select(i => i.Name));
        Assert.All(model.Graph.Input, input => Assert.Equal(1, input.Type.TensorType.Shape.Dim[1].DimValue));
        Assert.Equal(["scores", "label"], model.Graph.Output.Select(o => o.Name));
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType == "Binarizer" || node.Name == "copy");
        Assert.All(model.Graph.Initializer, constant => Assert.StartsWith("perennial/", constant.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Axes_that_were_an_attribute_become_an_input()
    {
        var graph = Graph(
            Node("LinearRegressor", ["Features"], ["one"], Ml, Weights(1)), Node("LinearRegressor", ["Features"], ["two"], Ml, Weights(-1)),
            Node("Concat", ["one", "two"], ["both"], "", [GraphBuilder.Int("axis", 1)]), Node("Exp", ["both"], ["powers"]),
            Node("ReduceSum", ["powers"], ["sum"], "", [GraphBuilder.Ints("axes", [1]), GraphBuilder.Int("keepdims", 1)]), Node("Div", ["powers", "sum"], ["Score"]));

        var scores = OnnxModel.Load(Export(TaskKind.Multiclass, ["p", "q"], 2, graph, "Score")).Score(Rows);

        for (var row = 0; row < Rows.RowCount; row++) Assert.Equal(1, scores.Row(row)[0] + scores.Row(row)[1], 1e-6);
        Assert.NotEqual(scores.Row(0)[0], scores.Row(0)[1]);
    }

    [Fact]
    public void A_graph_whose_scores_need_a_label_is_refused()
    {
        var graph = Graph(Node("LinearRegressor", ["Features"], ["margin"], Ml, Weights(1)), Node("Add", ["margin", "Label"], ["Score"]));
        Assert.Contains("2 inputs (Label, Features)", Refusal(graph, "Score"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_named()
    {
        Assert.Contains("'odd' is Softmax", Refusal(Graph(Node("Softmax", ["Features"], ["Score"], name: "odd")), "Score"), StringComparison.Ordinal);
        Assert.Contains("nothing named 'Score.output'", Refusal(Binary(), "Score.output"), StringComparison.Ordinal);
        var newer = Binary();
        newer.OpsetImport[0].Version = 18;
        Assert.Contains("operator sets 18", Refusal(newer, "Probability.output"), StringComparison.Ordinal);
        var ring = Graph(Node("Identity", ["there"], ["here"]), Node("Identity", ["here"], ["there"]));
        Assert.NotEmpty(Refusal(ring, "here"));
        var unordered = Graph(Node("Exp", ["later"], ["Score"], name: "early"), Node("LinearRegressor", ["Features"], ["later"], Ml, Weights(1)));
        Assert.Contains("'early' reads 'later'", Refusal(unordered, "Score"), StringComparison.Ordinal);
        var model = Model(TaskKind.Regression, [], 1, [1, 2, 3], "Score");
        Assert.Contains("ONNX", Assert.Throws<ArgumentException>(() => OnnxExporter.Export(model)).Message, StringComparison.Ordinal);
    }

    private const string Ml = "ai.onnx.ml";

    // As ML.NET converts a linear model with a calibrator: with a copy of the features, a predicted label, and Identity at the ends.
    private static ModelProto Binary()
    {
        var graph = Graph(
            Node("LinearRegressor", ["Features"], ["Score"], Ml, Weights(1)), Node("Mul", ["Score", "Slope"], ["scaled"]), Node("Sigmoid", ["scaled"], ["Probability"]),
            Node("Binarizer", ["Score"], ["PredictedLabel"], Ml, [GraphBuilder.Single("threshold", 0)]), Node("Identity", ["Features"], ["Features.output"], name: "copy"),
            Node("Identity", ["Probability"], ["Probability.output"]));
        graph.Graph.Initializer.Add(GraphBuilder.Tensor("Slope", [2], [1]));
        return graph;
    }

    private static AttributeProto[] Weights(float sign) =>
        [GraphBuilder.Singles("coefficients", Enumerable.Range(1, 5).Select(f => sign * f)), GraphBuilder.Singles("intercepts", [0.25f]), GraphBuilder.Int("targets", 1)];

    private static ModelProto Graph(params NodeProto[] nodes)
    {
        var model = new ModelProto { IrVersion = 6, Graph = new GraphProto { Name = "model" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 12 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Ml, Version = 2 });
        model.Graph.Input.Add(GraphBuilder.Value("Features", DataType.Float, 5));
        model.Graph.Node.Add(nodes);
        return model;
    }

    private static NodeProto Node(string op, string[] inputs, string[] outputs, string domain = "", AttributeProto[]? attributes = null, string? name = null)
    {
        var node = new NodeProto { Name = name ?? op, OpType = op, Domain = domain };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        node.Attribute.Add(attributes ?? []);
        return node;
    }

    private static FittedModel Model(TaskKind task, string[] classes, int outputs, byte[] onnx, string output) =>
        new(task, classes, [new("a", ColumnType.Numeric), new("scores", ColumnType.Categorical)], Transforms, new GraphPredictor(outputs, onnx, output));

    private static byte[] Export(TaskKind task, string[] classes, int outputs, ModelProto graph, string output) =>
        OnnxExporter.Export(Model(task, classes, outputs, graph.ToByteArray(), output));

    private static string Refusal(ModelProto graph, string output) =>
        Assert.Throws<ArgumentException>(() => Export(TaskKind.Regression, [], 1, graph, output)).Message;
}
