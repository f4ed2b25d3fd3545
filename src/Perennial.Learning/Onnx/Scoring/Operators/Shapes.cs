namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Shapes that are values of tensors.</summary>
internal static class Shapes
{
    /// <summary>Lengths that a tensor holds.</summary>
    public static int[] Of(Tensor tensor)
    {
        var longs = tensor.Longs;
        if (longs.Length > Limits.Rank) throw new GraphFault($"a shape of {longs.Length} axes; at most {Limits.Rank} are supported");
        var dims = new int[longs.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            if (longs[i] is < 0 or > Limits.Elements) throw new GraphFault($"the shape holds a length of {longs[i]}");
            dims[i] = (int)longs[i];
        }
        return dims;
    }
}

/// <summary>The lengths of the axes from one to another.</summary>
internal sealed class Shape(NodeReader node) : Kernel
{
    private readonly long _start = node.Int("start", 0);
    private readonly long _end = node.Int("end", long.MaxValue);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var start = (int)Math.Clamp(_start < 0 ? _start + input.Rank : _start, 0, input.Rank);
        var end = (int)Math.Clamp(_end < 0 ? _end + input.Rank : _end, start, input.Rank);
        outputs[0].Reset(ElementType.Int64, end - start);
        for (var d = start; d < end; d++) outputs[0].Longs[d - start] = input.Dim(d);
    }
}

/// <summary>The number of elements.</summary>
internal sealed class Size : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        outputs[0].Reset(ElementType.Int64);
        outputs[0].Longs[0] = Required(inputs, 0).Count;
    }
}

/// <summary>A tensor of a given shape that holds one value everywhere, by default the float 0.</summary>
internal sealed class ConstantOfShape : Kernel
{
    private readonly Tensor _value;

    public ConstantOfShape(NodeReader node)
    {
        if (node.Tensor("value") is { } stored) _value = TensorReader.Read(stored);
        else (_value = new Tensor(null)).Reset(ElementType.Float, 1);
        if (_value.Count != 1) throw new GraphFault("attribute 'value' is not one element");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        outputs[0].Reset(_value.Type, Shapes.Of(Required(inputs, 0)));
        switch (_value.Type)
        {
            case ElementType.Float: outputs[0].Floats.Fill(_value.Floats[0]); break;
            case ElementType.Double: outputs[0].Doubles.Fill(_value.Doubles[0]); break;
            case ElementType.Int64: outputs[0].Longs.Fill(_value.Longs[0]); break;
            case ElementType.Boolean: outputs[0].Booleans.Fill(_value.Booleans[0]); break;
            default: outputs[0].Strings.Fill(_value.Strings[0]); break;
        }
    }
}
