using Google.Protobuf;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Explanations;

/// <summary>A graph's nodes, found by what they make, and its constants: enough to follow a score back to the columns.</summary>
internal sealed class GraphNodes
{
    private readonly Dictionary<string, int> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);

    private GraphNodes(ModelProto model)
    {
        Model = model;
        for (var n = 0; n < model.Graph.Node.Count; n++)
            foreach (var output in model.Graph.Node[n].Output)
                if (output.Length > 0) _makers[output] = n;
        foreach (var constant in model.Graph.Initializer) _constants[constant.Name] = constant;
        Inputs = model.Graph.Input.Where(input => !_constants.ContainsKey(input.Name)).ToDictionary(input => input.Name, StringComparer.Ordinal);
    }

    public ModelProto Model { get; }

    /// <summary>The inputs that callers give.</summary>
    public IReadOnlyDictionary<string, ValueInfoProto> Inputs { get; }

    /// <exception cref="NotExplainableException">The bytes are no graph.</exception>
    public static GraphNodes Read(ReadOnlyMemory<byte> onnx)
    {
        try
        {
            var model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(onnx.Span);
            if (model.Graph is { Output.Count: > 0 }) return new GraphNodes(model);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new NotExplainableException($"It is no ONNX graph: {exception.Message}", exception);
        }
        throw new NotExplainableException("It is no ONNX graph with an output.");
    }

    /// <summary>The name of the scores.</summary>
    public string Scores => Model.Graph.Output.Any(output => output.Name == OnnxContract.Scores) ? OnnxContract.Scores : Model.Graph.Output[^1].Name;

    /// <summary>The node that makes a value; null for inputs and constants.</summary>
    public NodeProto? MakerOf(string name) => _makers.TryGetValue(name, out var node) ? Model.Graph.Node[node] : null;

    /// <summary>A constant; null where there is none of that name.</summary>
    public TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>A float constant's elements; null where it is none.</summary>
    public float[]? Floats(string name) => Constant(name) is { DataType: (int)TensorProto.Types.DataType.Float } tensor ? FloatsOf(tensor) : null;

    /// <summary>The nodes that a value needs, in the graph's order.</summary>
    public IReadOnlyList<NodeProto> Behind(string name)
    {
        var needed = new SortedSet<int>();
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            if (!_makers.TryGetValue(next, out var node) || !needed.Add(node)) continue;
            foreach (var input in Model.Graph.Node[node].Input) open.Push(input);
        }
        return [.. needed.Select(node => Model.Graph.Node[node])];
    }

    private static float[] FloatsOf(TensorProto tensor)
    {
        if (tensor.RawData.IsEmpty) return [.. tensor.FloatData];
        var floats = new float[tensor.RawData.Length / sizeof(float)];
        for (var i = 0; i < floats.Length; i++)
            floats[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(tensor.RawData.Span[(i * sizeof(float))..]);
        return floats;
    }
}
