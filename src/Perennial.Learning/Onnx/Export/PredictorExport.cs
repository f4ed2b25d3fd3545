using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Export;

/// <summary>Writes a fitted predictor and the link from margins to scores and label.</summary>
internal static class PredictorExport
{
    /// <summary>Writes the margins, a float tensor [rows, outputs]; of a graph from elsewhere, its scores.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="predictor">What.</param>
    /// <param name="features">The feature tensors to concatenate, in order.</param>
    /// <param name="anchor">An input of the graph and its type: constants take the number of rows from it.</param>
    public static string Margins(
        GraphBuilder graph, FittedPredictor predictor, List<string> features, (string Name, ColumnType Type) anchor)
    {
        switch (predictor)
        {
            case LinearPredictor linear when features.Count > 0:
                return Linear(graph, linear, Joined(graph, features));
            case TreeEnsemblePredictor ensemble when features.Count > 0 && ensemble.Trees.Count > 0:
                return TreeEnsembleExport.Write(graph, ensemble, Joined(graph, features));
            case GraphPredictor foreign when features.Count > 0:
                return GraphSplice.Write(graph, foreign, Joined(graph, features));
            case GraphPredictor:
                throw new ArgumentException("A graph from elsewhere has no feature to read: the model has no transform.");
            default:
                // Nothing to look at: every row has the margins of an empty feature vector.
                var margins = new float[predictor.Outputs];
                ReferenceScorer.Margins(predictor, [], margins);
                return Constant(graph, margins, anchor);
        }
    }

    /// <summary>Writes scores and label. A graph from elsewhere ends in scores already.</summary>
    public static void Link(GraphBuilder graph, FittedModel model, string margins)
    {
        var classes = model.Classes;
        var linked = model.Predictor is GraphPredictor;
        switch (model.Task)
        {
            case TaskKind.Regression:
                graph.Output(model.LogMargin ? "Exp" : "Identity", [margins], OnnxContract.Scores);
                break;
            case TaskKind.Binary:
                graph.Output(linked ? "Identity" : "Sigmoid", [margins], OnnxContract.Scores);
                var positive = graph.Node("GreaterOrEqual", [OnnxContract.Scores, graph.Float(0.5f)]);
                Label(graph, classes, graph.Cast(positive, DataType.Int64));
                break;
            default:
                if (linked) graph.Output("Identity", [margins], OnnxContract.Scores);
                else graph.Output("Softmax", [margins], OnnxContract.Scores, GraphBuilder.Int("axis", 1));
                Label(graph, classes, graph.Node("ArgMax", [OnnxContract.Scores],
                    GraphBuilder.Int("axis", 1), GraphBuilder.Int("keepdims", 1)));
                break;
        }
    }

    private static string Joined(GraphBuilder graph, List<string> features) =>
        features.Count == 1 ? features[0] : graph.Node("Concat", features, GraphBuilder.Int("axis", 1));

    private static string Linear(GraphBuilder graph, LinearPredictor linear, string features)
    {
        var width = linear.Weights.Count == 0 ? 0 : linear.Weights[0].Length;
        var weights = linear.Weights.SelectMany(w => w).ToArray();
        return graph.Node("Gemm",
            [features, graph.Floats(weights, linear.Outputs, width), graph.Floats([.. linear.Intercepts], linear.Outputs)],
            GraphBuilder.Int("transB", 1));
    }

    // Zeros of [rows, 1] by an operator that no value of the anchor can turn into NaN.
    private static string Constant(GraphBuilder graph, float[] margins, (string Name, ColumnType Type) anchor)
    {
        var zeros = anchor.Type switch
        {
            ColumnType.Categorical or ColumnType.Text => graph.MlNode("LabelEncoder", [anchor.Name], null,
                GraphBuilder.Texts("keys_strings", [OnnxContract.MissingText]),
                GraphBuilder.Singles("values_floats", [0]),
                GraphBuilder.Single("default_float", 0)),
            ColumnType.Timestamp => graph.Cast(graph.Node("Sub", [anchor.Name, anchor.Name]), DataType.Float),
            _ => graph.Node("Where", [graph.Node("IsNaN", [anchor.Name]), graph.Float(0), graph.Float(0)]),
        };
        return graph.Node("Add", [zeros, graph.Floats(margins, 1, margins.Length)]);
    }

    private static void Label(GraphBuilder graph, IReadOnlyList<string> classes, string index) =>
        graph.MlNode("LabelEncoder", [index], OnnxContract.Label,
            GraphBuilder.Ints("keys_int64s", Enumerable.Range(0, classes.Count).Select(c => (long)c)),
            GraphBuilder.Texts("values_strings", classes));
}
