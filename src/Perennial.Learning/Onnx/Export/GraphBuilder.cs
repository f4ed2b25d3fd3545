using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Perennial.Learning.Onnx.Protos;
using AttributeType = Perennial.Learning.Onnx.Protos.AttributeProto.Types.AttributeType;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Export;

/// <summary>
/// Writes nodes and constants in the order they are asked for, so that equal models give equal bytes. Generated names hold a running
/// number behind a prefix that no input's name begins with.
/// </summary>
internal sealed class GraphBuilder
{
    // A column name that is no valid text would otherwise be replaced in silence, and two names could become one.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private int _next;

    public GraphProto Graph { get; } = new() { Name = OnnxContract.Producer };

    public static ByteString Bytes(string text) => ByteString.CopyFrom(text, Utf8);

    public static ValueInfoProto Value(string name, DataType type, long columns)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = OnnxContract.Batch });
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = columns });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    /// <summary>Adds a node of the default domain with one output and returns the output's name.</summary>
    public string Node(string op, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Add("", op, inputs, null, attributes);

    /// <summary>Adds a node of the default domain whose output is a graph output.</summary>
    public void Output(string op, IEnumerable<string> inputs, string output, params ReadOnlySpan<AttributeProto> attributes) =>
        Add("", op, inputs, output, attributes);

    /// <summary>Adds a node of the domain ai.onnx.ml with one output, generated unless named.</summary>
    public string MlNode(string op, IEnumerable<string> inputs, string? output, params ReadOnlySpan<AttributeProto> attributes) =>
        Add(OnnxContract.MlDomain, op, inputs, output, attributes);

    /// <summary>Adds a node of the domain com.microsoft with one output.</summary>
    public string MicrosoftNode(string op, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Add(OnnxContract.MicrosoftDomain, op, inputs, null, attributes);

    public string Cast(string input, DataType type) => Node("Cast", [input], Int("to", (int)type));

    public string Floats(ReadOnlySpan<float> values, params ReadOnlySpan<long> dims) => Constant(DataType.Float, dims, Raw(values));

    public string Longs(ReadOnlySpan<long> values, params ReadOnlySpan<long> dims)
    {
        var raw = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * sizeof(long)), values[i]);
        return Constant(DataType.Int64, dims, raw);
    }

    public string Float(float value) => Floats([value], 1);

    public string Long(long value) => Longs([value], 1);

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Single(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeType.String, S = Bytes(value) };

    public static AttributeProto Ints(string name, IEnumerable<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Singles(string name, IEnumerable<float> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Floats };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    public static AttributeProto Texts(string name, IEnumerable<string> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Strings };
        attribute.Strings.AddRange(values.Select(Bytes));
        return attribute;
    }

    /// <summary>A float constant of its own, outside a builder's.</summary>
    public static TensorProto Tensor(string name, ReadOnlySpan<float> values, ReadOnlySpan<long> dims)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(Raw(values)) };
        foreach (var dim in dims) tensor.Dims.Add(dim);
        return tensor;
    }

    private static byte[] Raw(ReadOnlySpan<float> values)
    {
        var raw = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);
        return raw;
    }

    private string Add(string domain, string op, IEnumerable<string> inputs, string? output, ReadOnlySpan<AttributeProto> attributes)
    {
        var number = _next++;
        var node = new NodeProto { Name = $"{OnnxContract.Reserved}{op}/{number}", OpType = op, Domain = domain };
        node.Input.AddRange(inputs);
        node.Output.Add(output ?? $"{OnnxContract.Reserved}{number}");
        foreach (var attribute in attributes) node.Attribute.Add(attribute);
        Graph.Node.Add(node);
        return node.Output[0];
    }

    private string Constant(DataType type, ReadOnlySpan<long> dims, byte[] raw)
    {
        var key = $"{type}[{string.Join(',', dims.ToArray())}]{Convert.ToHexString(raw)}";
        if (_constants.TryGetValue(key, out var known)) return known;
        var tensor = new TensorProto
        {
            Name = $"{OnnxContract.Reserved}constant/{_constants.Count}",
            DataType = (int)type,
            RawData = ByteString.CopyFrom(raw),
        };
        foreach (var dim in dims) tensor.Dims.Add(dim);
        Graph.Initializer.Add(tensor);
        _constants.Add(key, tensor.Name);
        return tensor.Name;
    }
}
