using Google.Protobuf;
using Perennial.Learning.Explanations;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Export;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Calibration;

/// <summary>
/// Writes a calibration into an exported graph. A slope, an intercept and a temperature become part of the leaves or weights, so that the
/// graph keeps its form; an isotonic curve becomes operators behind the sigmoid that interpolate between its knots. Equal graphs and
/// calibrations give equal bytes.
/// </summary>
public static class CalibratedGraph
{
    // Two floats closer than this have no use as knots: dividing by their distance says nothing.
    private const float NarrowestStep = 1e-9f;

    /// <summary>The calibrated graph.</summary>
    /// <exception cref="NotCalibratableException">The graph's scores are not made as the export makes them.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> onnx, Calibrator calibrator)
    {
        GraphNodes graph;
        try
        {
            graph = GraphNodes.Read(onnx);
        }
        catch (NotExplainableException exception)
        {
            throw new NotCalibratableException(exception.Message);
        }
        switch (calibrator)
        {
            case PlattCalibrator platt:
                Scale(graph, LinkOf(graph, "Sigmoid"), platt.Slope, platt.Intercept);
                break;
            case TemperatureCalibrator temperature:
                Scale(graph, LinkOf(graph, "Softmax"), 1 / temperature.Temperature, 0);
                break;
            case IsotonicCalibrator isotonic:
                Bend(graph, LinkOf(graph, "Sigmoid"), isotonic);
                break;
            default:
                throw new ArgumentException($"There is no form in a graph for {calibrator.GetType().Name}.", nameof(calibrator));
        }
        return graph.Model.ToByteArray();
    }

    private static NodeProto LinkOf(GraphNodes graph, string op) =>
        graph.MakerOf(graph.Scores) is { } link && link.OpType == op ? link
            : throw new NotCalibratableException($"Its scores are made by {graph.MakerOf(graph.Scores)?.OpType ?? "nothing"}, not by {op}.");

    private static void Scale(GraphNodes graph, NodeProto link, double slope, double intercept)
    {
        float Scaled(float value) => (float)(slope * value);
        float Moved(float value) => (float)((slope * value) + intercept);
        var margin = graph.MakerOf(link.Input[0]);
        if (margin is { OpType: "TreeEnsembleRegressor" } && Attribute(margin, "target_weights") is { } weights && Attribute(margin, "base_values") is { } bases)
        {
            for (var i = 0; i < weights.Floats.Count; i++) weights.Floats[i] = Scaled(weights.Floats[i]);
            for (var i = 0; i < bases.Floats.Count; i++) bases.Floats[i] = Moved(bases.Floats[i]);
        }
        else if (margin is { OpType: "Gemm", Input.Count: 3 } && graph.Floats(margin.Input[1]) is { } matrix && graph.Floats(margin.Input[2]) is { } intercepts)
        {
            // Constants may have other readers: the calibrated ones are new.
            string[] former = [margin.Input[1], margin.Input[2]];
            margin.Input[1] = AddConstant(graph, "weights", [.. matrix.Select(Scaled)], [.. graph.Constant(former[0])!.Dims]);
            margin.Input[2] = AddConstant(graph, "intercepts", [.. intercepts.Select(Moved)], [.. graph.Constant(former[1])!.Dims]);
            foreach (var name in former.Where(name => !graph.Model.Graph.Node.Any(node => node.Input.Contains(name))).Distinct())
                graph.Model.Graph.Initializer.Remove(graph.Constant(name));
        }
        else throw new NotCalibratableException($"Its margin is made by {margin?.OpType ?? "nothing"}; trees and linear models are calibrated.");
    }

    // p = first value + sum over the steps of clip((x - knot) / width, 0, 1) times rise.
    private static void Bend(GraphNodes graph, NodeProto link, IsotonicCalibrator isotonic)
    {
        var (knots, values) = Distinct(isotonic);
        var steps = knots.Length - 1;
        if (steps < 1) throw new NotCalibratableException("Its scores lie so close together that no curve can be drawn through them.");
        var scores = link.Output[0];
        link.Output[0] = OnnxContract.Reserved + "uncalibrated";
        var (zero, one) = (AddConstant(graph, "zero", [0], []), AddConstant(graph, "one", [1], []));
        var at = graph.Model.Graph.Node.IndexOf(link) + 1;
        string Insert(string op, string output, params string[] inputs)
        {
            var node = new NodeProto { Name = $"{OnnxContract.Reserved}{op}/{output}", OpType = op, Output = { output } };
            node.Input.Add(inputs);
            graph.Model.Graph.Node.Insert(at++, node);
            return output;
        }
        float[] inverses = [.. Enumerable.Range(0, steps).Select(i => 1 / (knots[i + 1] - knots[i]))];
        float[] rises = [.. Enumerable.Range(0, steps).Select(i => values[i + 1] - values[i])];
        var beyond = Insert("Sub", Name("beyond"), link.Output[0], AddConstant(graph, "knots", knots[..steps], [1, steps]));
        var shares = Insert("Mul", Name("shares"), beyond, AddConstant(graph, "inverses", inverses, [1, steps]));
        var clipped = Insert("Clip", Name("clipped"), shares, zero, one);
        var risen = Insert("MatMul", Name("risen"), clipped, AddConstant(graph, "rises", rises, [steps, 1]));
        var bent = Insert("Add", Name("bent"), risen, AddConstant(graph, "first", [values[0]], [1, 1]));
        Insert("Clip", scores, bent, zero, one);
    }

    // As floats, in which a graph computes.
    private static (float[] Knots, float[] Values) Distinct(IsotonicCalibrator isotonic)
    {
        var (knots, values) = (new List<float>(), new List<float>());
        for (var i = 0; i < isotonic.Knots.Count; i++)
        {
            var (knot, value) = ((float)isotonic.Knots[i], (float)isotonic.Values[i]);
            if (knots.Count > 0 && knot - knots[^1] < NarrowestStep) values[^1] = value;
            else
            {
                knots.Add(knot);
                values.Add(value);
            }
        }
        return ([.. knots], [.. values]);
    }

    private static string Name(string what) => $"{OnnxContract.Reserved}calibration/{what}";

    private static string AddConstant(GraphNodes graph, string what, float[] values, long[] dims)
    {
        graph.Model.Graph.Initializer.Add(GraphBuilder.Tensor(Name(what), values, dims));
        return Name(what);
    }

    private static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(a => a.Name == name);
}
