using Perennial.Learning.Features;
using Perennial.Learning.Onnx.Export;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Recognises the nodes that the export writes for numbers and instants. Those of an instant are many, so a feature is compared with what
/// the export itself writes for each part of the calendar, node by node.
/// </summary>
internal sealed class ValuePatterns(CompiledGraph graph, GraphWalk walk, Func<int, ElementType> types)
{
    private readonly Dictionary<int, int> _known = [];
    private Expressions? _expressions;
    private Dictionary<int, InstantEncoder>? _instants;

    /// <summary>The encoder of a slot that follows from one float input, or null.</summary>
    public NumberEncoder? NumberOf(int slot, int input)
    {
        switch (walk.MakerOf(slot))
        {
            case { Operator: "Mul", Inputs: [var centred, var scale] } when Scalar(scale) is { } factor:
                return walk.MakerOf(centred) is { Operator: "Sub", Inputs: [var filled, var mean] } && Scalar(mean) is { } offset
                    && walk.MakerOf(filled) is { Operator: "Where", Inputs: [var missing, var fill, var otherwise] } && otherwise == input
                    && Scalar(fill) is { } filler && IsMissing(missing, input)
                    ? new ScaledNumber(filler, offset, factor)
                    : null;
            case { Operator: "Cast", Attributes: "to=1", Inputs: [var truth] }:
                return IsMissing(truth, input) ? new MissingNumber()
                    : walk.MakerOf(truth) is { Operator: "Equal", Inputs: [var from, var value] } && from == input && Scalar(value) is { } equal
                        ? new EqualNumber(equal)
                        : null;
            default:
                return null;
        }
    }

    /// <summary>The encoder of a slot that follows from one int64 input of instants, or null.</summary>
    public InstantEncoder? InstantOf(int slot)
    {
        _instants ??= Instants(_expressions = new Expressions());
        return _instants.GetValueOrDefault(_expressions!.NumberOf(graph, walk, slot, types, _known));
    }

    private bool IsMissing(int slot, int input) => walk.MakerOf(slot) is { Operator: "IsNaN", Inputs: [var from] } && from == input;

    private float? Scalar(int slot) =>
        graph.Constants[slot] is { Type: ElementType.Float, Count: 1, Rank: <= 2 } constant ? constant.Floats[0] : null;

    private static Dictionary<int, InstantEncoder> Instants(Expressions expressions)
    {
        var instants = new Dictionary<int, InstantEncoder>();
        foreach (var indicator in new[] { false, true })
        {
            var builder = new GraphBuilder();
            builder.Graph.Input.Add(GraphBuilder.Value("x", DataType.Int64, 1));
            var parts = Enum.GetValues<CalendarPart>();
            string[] features = [.. TransformExport.Write(builder, new CalendarParts("x", parts, indicator), "x")];
            builder.Output("Concat", features, OnnxContract.Scores, GraphBuilder.Int("axis", 1));
            builder.Graph.Output.Add(GraphBuilder.Value(OnnxContract.Scores, DataType.Float, features.Length));
            var expected = GraphCompiler.Compile(builder.Graph, new Dictionary<string, long> { [""] = OnnxContract.Opset }, builder.Graph.Input);
            var (walk, known) = (new GraphWalk(expected), new Dictionary<int, int>());
            var slots = walk.MakerOf(expected.Scores)!.Inputs;
            for (var f = 0; f < slots.Length; f++)
            {
                CalendarPart? part = f < parts.Length ? parts[f] : null;
                var missing = part is null ? 1 : indicator ? 0 : float.NaN;
                instants[expressions.NumberOf(expected, walk, slots[f], _ => ElementType.Int64, known)] = new InstantEncoder(part, missing);
            }
        }
        return instants;
    }
}
