using Perennial.Learning.Explanations;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Tests.Models;
using Perennial.Learning.Tests.Onnx;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Tests.Explanations;

/// <summary>What is read back from a graph explains as the fitted model itself does.</summary>
public sealed class GraphExplainerTests
{
    private static readonly Frame Train = SyntheticRows.Of(2000, 1);

    // Rows that training has not seen, with a level and numbers that it has not seen either.
    private static readonly Frame Fresh = new([.. SyntheticRows.Of(60, 2).Columns.Select(column => column.Name == "sky"
        ? CategoricalColumn.From("sky", [.. Enumerable.Range(0, 60).Select(row => row % 7 == 0 ? "hail" : column.Format(row))])
        : column)]);

    public static TheoryData<TaskKind> Tasks => [TaskKind.Binary, TaskKind.Multiclass, TaskKind.Regression];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Trees_are_explained_as_those_that_were_trained_and_sum_to_the_margin(TaskKind task)
    {
        var model = Fit(ModelTraining.BoostedTrees, task);
        var trees = (TreeEnsemblePredictor)model.Predictor;
        Assert.Contains(trees.Trees, tree => tree.Sets.Any(set => set is not null));
        var explainer = GraphExplainer.Load(OnnxExporter.Export(model));
        var expected = new TreeExplainer(trees);
        AssertExplains(explainer, model, expected.BaseValues, (features, buffer) => expected.Explain(features, buffer), (features, output) =>
            trees.BaseMargins[output] + trees.Trees.Where(tree => tree.Output == output).Sum(tree => (double)tree.Value[ReferenceScorer.LeafOf(tree, features)]));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Linear_models_are_explained_by_the_distance_from_the_mean_row(TaskKind task)
    {
        var model = Fit(ModelTraining.Linear, task);
        var linear = (LinearPredictor)model.Predictor;
        var onnx = OnnxExporter.Export(model);
        var means = GraphExplainer.FeatureMeans(onnx, Train)!;
        var matrix = FeatureEncoding.Apply(model.Transforms, Train);
        for (var f = 0; f < means.Count; f++) Assert.Equal(matrix.Column(f).ToArray().Select(x => (double)x).Average(), means[f], 1e-9);
        var expected = new LinearExplainer(linear, means);
        AssertExplains(GraphExplainer.Load(onnx, means), model, expected.BaseValues, (features, buffer) => expected.Explain(features, buffer), (features, output) =>
            linear.Intercepts[output] + features.Select((x, f) => (double)x * linear.Weights[output][f]).Sum());
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_constant_has_a_base_and_no_column_adds_anything(TaskKind task)
    {
        var model = Fit(ModelTraining.Baseline, task);
        foreach (var input in model.Inputs)
        {
            var explainer = GraphExplainer.Load(OnnxExporter.Export(model with { Inputs = [input] }));
            Assert.Equal(((ConstantPredictor)model.Predictor).Margins.Select(m => (double)m), explainer.BaseValues);
            Assert.All(explainer.Explain(Fresh), row => Assert.Empty(row.Values));
        }
    }

    [Fact]
    public void The_scale_follows_from_the_link()
    {
        MarginScale ScaleOf(FittedModel model) => GraphExplainer.Load(OnnxExporter.Export(model)).Scale;
        Assert.Equal(MarginScale.LogOdds, ScaleOf(Fit(ModelTraining.BoostedTrees, TaskKind.Binary)));
        Assert.Equal(MarginScale.Logit, ScaleOf(Fit(ModelTraining.BoostedTrees, TaskKind.Multiclass)));
        var regression = Fit(ModelTraining.BoostedTrees, TaskKind.Regression);
        Assert.Equal(MarginScale.Value, ScaleOf(regression));
        Assert.Equal(MarginScale.LogValue, ScaleOf(regression with { LogMargin = true }));
    }

    [Fact]
    public void A_linear_graph_without_the_means_of_its_features_is_refused()
    {
        var onnx = OnnxExporter.Export(Fit(ModelTraining.Linear, TaskKind.Binary));
        Refused(onnx, "the means of its features are not known");
        Assert.Throws<NotExplainableException>(() => GraphExplainer.Load(onnx, [1, 2]));
    }

    [Fact]
    public void Trees_that_do_not_know_their_rows_are_refused()
    {
        var model = ModelProto.Parser.ParseFrom(OnnxExporter.Export(Fit(ModelTraining.BoostedTrees, TaskKind.Binary)));
        var trees = model.Graph.Node.Single(node => node.OpType == "TreeEnsembleRegressor");
        var covers = trees.Attribute.Single(a => a.Name == "nodes_hitrates");
        // As converters write it that know no numbers.
        for (var i = 0; i < covers.Floats.Count; i++) covers.Floats[i] = 1;
        Refused(Bytes(model), "how many training rows");
        trees.Attribute.Remove(covers);
        Refused(Bytes(model), "nodes_hitrates");
    }

    [Fact]
    public void Graphs_of_other_kinds_are_refused_in_words()
    {
        Refused([1, 2, 3], "no ONNX graph");
        Refused(GoldenGraphs.Foreign(DataType.Float, 3, 1, graph => graph.Output("Tanh", ["x"], "y")), "Tanh");
        // Two columns in one feature: no share of it could be given to either.
        Refused(Mixed(), "2 columns at once");
    }

    private static byte[] Mixed()
    {
        var model = Fit(ModelTraining.BoostedTrees, TaskKind.Binary);
        var proto = ModelProto.Parser.ParseFrom(OnnxExporter.Export(model));
        var trees = proto.Graph.Node.Single(node => node.OpType == "TreeEnsembleRegressor");
        var sum = new NodeProto { OpType = "Add", Input = { "x", "noise" }, Output = { "sum" } };
        proto.Graph.Node.Insert(0, sum);
        trees.Input[0] = "sum";
        return Bytes(proto);
    }

    private static void AssertExplains(GraphExplainer explainer, FittedModel model, IReadOnlyList<double> bases,
        Action<float[], double[]> explain, Func<float[], int, double> margin)
    {
        var matrix = FeatureEncoding.Apply(model.Transforms, Fresh);
        var rows = explainer.Explain(Fresh);
        var row = new float[matrix.FeatureCount];
        var buffer = new double[row.Length * bases.Count];
        var columnOf = model.Transforms.SelectMany(t => t.FeatureNames.Select(_ => t.Column)).ToArray();
        Assert.Equal(model.Transforms.Select(t => t.Column), explainer.Columns);
        for (var k = 0; k < bases.Count; k++) Assert.Equal(bases[k], explainer.BaseValues[k], 1e-9);
        for (var r = 0; r < Fresh.RowCount; r++)
        {
            matrix.CopyRow(r, row);
            explain(row, buffer);
            for (var k = 0; k < bases.Count; k++)
            {
                var contributions = rows[r].Of(k).ToArray();
                for (var c = 0; c < contributions.Length; c++)
                    Assert.Equal(buffer.Skip(k * row.Length).Take(row.Length).Where((_, f) => columnOf[f] == explainer.Columns[c]).Sum(), contributions[c], 1e-9);
                Assert.Equal(margin(row, k), explainer.BaseValues[k] + contributions.Sum(), 1e-9);
            }
        }
    }

    private static FittedModel Fit(string learner, TaskKind task) => ModelTraining.Train(
        SyntheticRows.Spec(learner, task, Train) with { Parameters = learner == ModelTraining.BoostedTrees ? new Dictionary<string, double> { ["rounds"] = 20, ["levelSets"] = 1 } : [] }, default).Model;

    private static byte[] Bytes(ModelProto model) => Google.Protobuf.MessageExtensions.ToByteArray(model);

    private static void Refused(byte[] onnx, string words) =>
        Assert.Contains(words, Assert.Throws<NotExplainableException>(() => GraphExplainer.Load(onnx)).Message, StringComparison.Ordinal);
}
