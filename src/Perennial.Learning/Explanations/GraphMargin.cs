using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Explanations;

/// <summary>What makes a graph's scores: the predictor, the vector of features that it reads, and what its margin means.</summary>
/// <param name="Predictor">Constant, linear or trees.</param>
/// <param name="Features">The name of the feature vector; null for a constant.</param>
/// <param name="Scale">What the margin means.</param>
internal sealed record GraphMargin(FittedPredictor Predictor, string? Features, MarginScale Scale)
{
    // From the calibrated score back to the sigmoid, as the export of an isotonic calibration writes it.
    private static readonly string[] Calibration = ["Clip", "Add", "MatMul", "Clip", "Mul", "Sub"];

    /// <exception cref="NotExplainableException">The scores are made otherwise.</exception>
    public static GraphMargin Read(GraphNodes graph)
    {
        var (margin, scale) = Link(graph);
        return graph.MakerOf(margin) switch
        {
            { OpType: "TreeEnsembleRegressor" } trees => new GraphMargin(GraphTrees.Read(trees), trees.Input[0], scale),
            { OpType: "Gemm" } linear => new GraphMargin(Linear(graph, linear), linear.Input[0], scale),
            { OpType: "Add" } add when add.Input.Any(input => IsZero(graph, input)) => new GraphMargin(Constant(graph, add), null, scale),
            var other => throw new NotExplainableException($"Its scores are made by {other?.OpType ?? "nothing"}; trees and linear models are explained."),
        };
    }

    private static (string Margin, MarginScale Scale) Link(GraphNodes graph)
    {
        var link = graph.MakerOf(graph.Scores) ?? throw new NotExplainableException("Its scores are an input.");
        var scale = MarginScale.LogOdds;
        if (link.OpType == Calibration[0])
        {
            foreach (var op in Calibration)
            {
                if (link?.OpType != op) throw new NotExplainableException("Its scores are transformed in a way that is not known here.");
                link = graph.MakerOf(link.Input[0]);
            }
            scale = MarginScale.UncalibratedLogOdds;
            if (link?.OpType != "Sigmoid") throw new NotExplainableException("Its scores are transformed in a way that is not known here.");
        }
        return link.OpType switch
        {
            "Sigmoid" => (link.Input[0], scale),
            "Softmax" => (link.Input[0], MarginScale.Logit),
            "Exp" => (link.Input[0], MarginScale.LogValue),
            "Identity" => (link.Input[0], MarginScale.Value),
            _ => (link.Output[0], MarginScale.Value),
        };
    }

    private static LinearPredictor Linear(GraphNodes graph, NodeProto gemm)
    {
        var plain = gemm.Attribute.All(a => a.Name switch { "alpha" or "beta" => a.F == 1, "transA" => a.I == 0, _ => true });
        var transposed = gemm.Attribute.Any(a => a is { Name: "transB", I: 1 });
        if (!plain || gemm.Input.Count != 3 || graph.Floats(gemm.Input[1]) is not { } weights || graph.Floats(gemm.Input[2]) is not { Length: > 0 } intercepts
            || weights.Length % intercepts.Length != 0)
            throw new NotExplainableException("Its linear model has weights that are computed or scaled.");
        var (outputs, width) = (intercepts.Length, weights.Length / intercepts.Length);
        float At(int k, int f) => transposed ? weights[(k * width) + f] : weights[(f * outputs) + k];
        return new LinearPredictor([.. Enumerable.Range(0, outputs).Select(k => Enumerable.Range(0, width).Select(f => At(k, f)).ToArray())], intercepts);
    }

    private static ConstantPredictor Constant(GraphNodes graph, NodeProto add) =>
        new(add.Input.Select(graph.Floats).FirstOrDefault(values => values is not null)
            ?? throw new NotExplainableException("Its scores are a sum that is not known here."));

    // The zeros that give a constant model its number of rows.
    private static bool IsZero(GraphNodes graph, string name) => graph.MakerOf(name) switch
    {
        { OpType: "Where" } where => where.Input.Skip(1).All(input => graph.Floats(input) is [0]),
        { OpType: "LabelEncoder" } encoder => encoder.Attribute.All(a => a.Name switch { "values_floats" => a.Floats.All(v => v == 0), "default_float" => a.F == 0, _ => true }),
        { OpType: "Cast" } cast => graph.MakerOf(cast.Input[0]) is { OpType: "Sub" } sub && sub.Input[0] == sub.Input[1],
        _ => false,
    };
}
