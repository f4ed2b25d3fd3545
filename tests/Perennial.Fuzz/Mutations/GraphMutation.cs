using Google.Protobuf;
using Google.Protobuf.Collections;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Onnx.Scoring;
using Perennial.Learning.Randomness;

namespace Perennial.Fuzz.Mutations;

/// <summary>
/// Mutations of a graph as a graph: nodes, what they read, their operators and attributes, stored tensors, types and shapes of inputs.
/// Nodes come from other graphs too. What is not mutated stays a valid model.
/// </summary>
internal sealed class GraphMutation(ModelProto[] wholes)
{
    private static readonly long[] Ints =
        [0, 1, -1, 2, 3, 7, -2, 255, 256, 65_536, 1 << 20, 1 << 27, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 40];

    private static readonly float[] Floats = [0, -0f, 1, -1, 0.5f, 1e-45f, 1e38f, -1e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3];

    private static readonly string[] Texts =
        ["", "SUM", "AVERAGE", "MIN", "MAX", "LOGISTIC", "SOFTMAX", "PROBIT", "BRANCH_LEQ", "BRANCH_EQ", "LEAF", "L1", "a", "x", "\0", "é", "NONE"];

    private static readonly int[] ElementTypes = [1, 7, 8, 9, 11, 6, 0, 10, 99];

    private readonly AttributeProto[] _attributes = [.. wholes.SelectMany(w => w.Graph.Node).SelectMany(n => n.Attribute)];
    private readonly NodeProto[] _nodes = [.. wholes.SelectMany(w => w.Graph.Node)];

    /// <summary>The model, which is changed, with one to three mutations.</summary>
    public ModelProto Of(ModelProto model, Xoshiro256 random)
    {
        for (var n = random.Next(3); n >= 0; n--) Once(model, random);
        return model;
    }

    private void Once(ModelProto model, Xoshiro256 random)
    {
        var graph = model.Graph;
        switch (random.Next(12))
        {
            case 0 when graph.Input.Count > 0: Value(graph.Input[random.Next(graph.Input.Count)], random); break;
            case 1 when graph.Output.Count > 0: Value(graph.Output[random.Next(graph.Output.Count)], random); break;
            case 2 when random.Next(4) == 0: Envelope(model, random); break;
            case 3 or 4 when graph.Initializer.Count > 0: Stored(graph.Initializer[random.Next(graph.Initializer.Count)], random); break;
            case 5: Nodes(graph.Node, random); break;
            default:
                if (graph.Node.Count > 0) Node(graph, graph.Node[random.Next(graph.Node.Count)], random);
                break;
        }
    }

    private static void Envelope(ModelProto model, Xoshiro256 random)
    {
        switch (random.Next(4))
        {
            case 0 when model.OpsetImport.Count > 0: model.OpsetImport[random.Next(model.OpsetImport.Count)].Version = Pick(Ints, random); break;
            case 1 when model.MetadataProps.Count > 0:
                var entry = model.MetadataProps[random.Next(model.MetadataProps.Count)];
                entry.Value = System.Text.Encoding.UTF8.GetString(ByteMutation.Of(System.Text.Encoding.UTF8.GetBytes(entry.Value), random));
                break;
            case 2: Elements(model.MetadataProps, random, e => e); break;
            default: Elements(model.OpsetImport, random, o => o); break;
        }
    }

    private static void Value(ValueInfoProto value, Xoshiro256 random)
    {
        if (value.Type?.TensorType is not { } tensor) return;
        switch (random.Next(4))
        {
            case 0: tensor.ElemType = Pick(ElementTypes, random); break;
            case 1: value.Name = Pick(Texts, random); break;
            case 2 when tensor.Shape?.Dim is { Count: > 0 } dims: dims[random.Next(dims.Count)].DimValue = Pick(Ints, random); break;
            default:
                if (tensor.Shape is { } shape) Elements(shape.Dim, random, d => d);
                break;
        }
    }

    private void Nodes(RepeatedField<NodeProto> nodes, Xoshiro256 random)
    {
        if (random.Next(2) == 0) Elements(nodes, random, n => n.Clone());
        else if (nodes.Count > 0)
        {
            // Another graph's node in the place of one, with that one's values.
            var at = random.Next(nodes.Count);
            var other = Pick(_nodes, random).Clone();
            for (var i = 0; i < other.Input.Count; i++)
                if (i < nodes[at].Input.Count) other.Input[i] = nodes[at].Input[i];
            for (var i = 0; i < other.Output.Count; i++)
                if (i < nodes[at].Output.Count) other.Output[i] = nodes[at].Output[i];
            nodes[at] = other;
        }
    }

    private void Node(GraphProto graph, NodeProto node, Xoshiro256 random)
    {
        switch (random.Next(7))
        {
            case 0:
                var name = Pick(OperatorRegistry.Names, random);
                var parted = name.LastIndexOf('.');
                (node.Domain, node.OpType) = parted < 0 ? ("", name) : (name[..parted], name[(parted + 1)..]);
                break;
            case 1 when node.Input.Count > 0: node.Input[random.Next(node.Input.Count)] = Readable(graph, random); break;
            case 2: Elements(node.Input, random, i => i); break;
            case 3: Elements(node.Attribute, random, a => a.Clone()); break;
            case 4:
                var added = Pick(_attributes, random).Clone();
                if (node.Attribute.FirstOrDefault(a => a.Name == added.Name) is { } there) node.Attribute.Remove(there);
                node.Attribute.Add(added);
                break;
            default:
                if (node.Attribute.Count > 0) Attribute(node.Attribute[random.Next(node.Attribute.Count)], random);
                break;
        }
    }

    private static string Readable(GraphProto graph, Xoshiro256 random) => random.Next(3) switch
    {
        0 when graph.Initializer.Count > 0 => Pick(graph.Initializer, random).Name,
        1 when graph.Input.Count > 0 => Pick(graph.Input, random).Name,
        _ when graph.Node.Count > 0 => Pick(graph.Node, random).Output.FirstOrDefault() ?? "",
        _ => "",
    };

    private static void Attribute(AttributeProto attribute, Xoshiro256 random)
    {
        switch (attribute.Type)
        {
            case AttributeProto.Types.AttributeType.Int: attribute.I = Pick(Ints, random); break;
            case AttributeProto.Types.AttributeType.Float: attribute.F = Pick(Floats, random); break;
            case AttributeProto.Types.AttributeType.String: attribute.S = ByteString.CopyFromUtf8(Pick(Texts, random)); break;
            case AttributeProto.Types.AttributeType.Ints: Elements(attribute.Ints, random, i => random.Next(3) == 0 ? i + 1 : Pick(Ints, random)); break;
            case AttributeProto.Types.AttributeType.Floats: Elements(attribute.Floats, random, f => random.Next(3) == 0 ? -f : Pick(Floats, random)); break;
            case AttributeProto.Types.AttributeType.Strings: Elements(attribute.Strings, random, _ => ByteString.CopyFromUtf8(Pick(Texts, random))); break;
            case AttributeProto.Types.AttributeType.Tensor when attribute.T is { } tensor: Stored(tensor, random); break;
            default: attribute.Type = (AttributeProto.Types.AttributeType)random.Next(15); break;
        }
    }

    private static void Stored(TensorProto tensor, Xoshiro256 random)
    {
        switch (random.Next(5))
        {
            case 0: tensor.DataType = Pick(ElementTypes, random); break;
            case 1: Elements(tensor.Dims, random, _ => Pick(Ints, random)); break;
            case 2 when tensor.DataType == (int)TensorProto.Types.DataType.Int64 && tensor.RawData.Length % 8 == 0: Longs(tensor, random); break;
            case 3: tensor.DataLocation = (TensorProto.Types.DataLocation)random.Next(3); break;
            default: tensor.RawData = ByteString.CopyFrom(ByteMutation.Of(tensor.RawData.ToByteArray(), random)); break;
        }
    }

    // Shapes, axes and indices: still as many, one of them another.
    private static void Longs(TensorProto tensor, Xoshiro256 random)
    {
        var raw = tensor.RawData.ToByteArray();
        if (raw.Length == 0) return;
        BitConverter.TryWriteBytes(raw.AsSpan(random.Next(raw.Length / 8) * 8), Pick(Ints, random));
        tensor.RawData = ByteString.CopyFrom(raw);
    }

    // One element changed, left out, repeated or moved.
    private static void Elements<T>(RepeatedField<T> list, Xoshiro256 random, Func<T, T> change)
    {
        if (list.Count == 0) return;
        var at = random.Next(list.Count);
        switch (random.Next(5))
        {
            case 0: list.RemoveAt(at); break;
            case 1: list.Insert(random.Next(list.Count), change(list[at])); break;
            case 2:
                var other = random.Next(list.Count);
                (list[at], list[other]) = (list[other], list[at]);
                break;
            default: list[at] = change(list[at]); break;
        }
    }

    private static T Pick<T>(IReadOnlyList<T> list, Xoshiro256 random) => list[random.Next(list.Count)];

    private static T Pick<T>(RepeatedField<T> list, Xoshiro256 random) => list[random.Next(list.Count)];
}
