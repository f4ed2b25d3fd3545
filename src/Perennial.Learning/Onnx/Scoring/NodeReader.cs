using System.Text;
using Perennial.Learning.Onnx.Protos;
using AttributeType = Perennial.Learning.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>A node's attributes, by name and type; those that nobody asked for can be listed.</summary>
internal sealed class NodeReader
{
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly NodeProto _node;
    private readonly Func<string, Tensor?> _constants;

    /// <summary>Reads a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="constants">The constant of a name, or null where it is none.</param>
    /// <param name="opset">The version of the operator set that the node's operator is of.</param>
    public NodeReader(NodeProto node, Func<string, Tensor?> constants, long opset)
    {
        _node = node;
        Opset = opset;
        _constants = constants;
        foreach (var attribute in node.Attribute)
        {
            if (attribute.RefAttrName.Length > 0) throw new GraphFault($"attribute '{attribute.Name}' refers to a function's attribute");
            if (!_attributes.TryAdd(attribute.Name, attribute)) throw new GraphFault($"attribute '{attribute.Name}' occurs twice");
        }
    }

    public int InputCount => _node.Input.Count;

    public int OutputCount => _node.Output.Count;

    /// <summary>The version of the operator set that the node's operator is of.</summary>
    public long Opset { get; }

    /// <summary>Attributes that the operator did not ask for, in ordinal order.</summary>
    public IEnumerable<string> Unread => _attributes.Keys.Where(n => !_read.Contains(n)).Order(StringComparer.Ordinal);

    public bool Has(string name) => _attributes.ContainsKey(name);

    public long Int(string name, long otherwise) => Find(name, AttributeType.Int)?.I ?? otherwise;

    public float Float(string name, float otherwise) => Find(name, AttributeType.Float)?.F ?? otherwise;

    public string Text(string name, string otherwise) =>
        Find(name, AttributeType.String) is { } a ? Encoding.UTF8.GetString(a.S.Span) : otherwise;

    public long[] Ints(string name) => Find(name, AttributeType.Ints) is { } a ? [.. a.Ints] : [];

    public float[] Floats(string name) => Find(name, AttributeType.Floats) is { } a ? [.. a.Floats] : [];

    public string[] Texts(string name) =>
        Find(name, AttributeType.Strings) is { } a ? [.. a.Strings.Select(s => Encoding.UTF8.GetString(s.Span))] : [];

    /// <summary>Texts that are names of something, read from their UTF-8 and their position.</summary>
    public T[] Names<T>(string name, Func<ReadOnlySpan<byte>, int, T> read)
    {
        if (Find(name, AttributeType.Strings) is not { } attribute) return [];
        var values = new T[attribute.Strings.Count];
        for (var i = 0; i < values.Length; i++) values[i] = read(attribute.Strings[i].Span, i);
        return values;
    }

    public TensorProto? Tensor(string name) => Find(name, AttributeType.Tensor)?.T;

    /// <summary>Indices that must lie in [0, <paramref name="bound"/>).</summary>
    public int[] Indices(string name, int bound)
    {
        var values = Ints(name);
        var indices = new int[values.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            if (values[i] < 0 || values[i] >= bound)
                throw new GraphFault($"attribute '{name}'[{i}] is {values[i]}, outside 0 to {bound - 1}");
            indices[i] = (int)values[i];
        }
        return indices;
    }

    /// <summary>An input whose value must be known before any row is: shapes and axes.</summary>
    public long[] ConstantLongs(int input, string what)
    {
        var name = input < _node.Input.Count ? _node.Input[input] : "";
        if (name.Length == 0) throw new GraphFault($"input {input} ({what}) is missing");
        var tensor = _constants(name)
            ?? throw new GraphFault($"input {input} ({what}, '{name}') is computed; only a constant is supported");
        return tensor.Longs.ToArray();
    }

    /// <summary>Marks attributes that do not change the result.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _read.Add(name);
    }

    /// <summary>Attributes that must all have as many elements.</summary>
    public static void RequireLength(string name, int length, int expected)
    {
        if (length != expected) throw new GraphFault($"attribute '{name}' has {length} elements where {expected} are expected");
    }

    private AttributeProto? Find(string name, AttributeType type)
    {
        if (!_attributes.TryGetValue(name, out var attribute)) return null;
        _read.Add(name);
        if (attribute.Type != type) throw new GraphFault($"attribute '{name}' has the type {attribute.Type} where {type} is expected");
        return attribute;
    }
}
