namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>The tensor itself.</summary>
internal sealed class Identity : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].CopyFrom(input, input.Dims);
    }
}

/// <summary>Other axes for the same elements: -1 stands for what is left, 0 for the input's length (unless allowzero).</summary>
internal sealed class Reshape(NodeReader node) : Kernel
{
    private readonly bool _allowZero = node.Int("allowzero", 0) != 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var shape = Required(inputs, 1).Longs;
        if (shape.Length > Limits.Rank) throw new GraphFault($"a shape of {shape.Length} axes");
        Span<int> dims = stackalloc int[shape.Length];
        var (known, open) = (1L, -1);
        for (var i = 0; i < dims.Length; i++)
        {
            var length = shape[i] == 0 && !_allowZero && i < input.Rank ? input.Dim(i) : shape[i];
            if (length == -1 && open < 0)
            {
                open = i;
                continue;
            }
            if (length is < 0 or > Limits.Elements) throw new GraphFault($"the shape holds a length of {length}");
            dims[i] = (int)length;
            known = Math.Min(known * length, int.MaxValue);
        }
        if (open >= 0) dims[open] = known == 0 ? 0 : (int)(input.Count / known);
        outputs[0].CopyFrom(input, dims);
    }
}

/// <summary>Two axes: the product of those before the given one, and of the rest.</summary>
internal sealed class Flatten(NodeReader node) : Kernel
{
    private readonly long _axis = node.Int("axis", 1);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var axis = _axis == input.Rank ? input.Rank : input.Axis(_axis);
        var (outer, inner) = (1, 1);
        for (var i = 0; i < input.Rank; i++)
        {
            if (i < axis) outer *= input.Dim(i);
            else inner *= input.Dim(i);
        }
        outputs[0].CopyFrom(input, outer, inner);
    }
}

/// <summary>Takes axes of length 1 away: those named (by an input, before opset 13 by an attribute), or all.</summary>
internal sealed class Squeeze(NodeReader node) : Kernel
{
    private readonly long[]? _axes = node.Has("axes") ? node.Ints("axes") : null;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        Span<bool> removed = stackalloc bool[Limits.Rank];
        var given = Optional(inputs, 1);
        ReadOnlySpan<long> axes = _axes is not null ? _axes : given is null ? [] : given.Longs;
        foreach (var axis in axes) removed[input.Axis(axis)] = true;
        Span<int> dims = stackalloc int[Limits.Rank];
        var rank = 0;
        for (var i = 0; i < input.Rank; i++)
        {
            var remove = _axes is null && given is null ? input.Dim(i) == 1 : removed[i];
            if (!remove) dims[rank++] = input.Dim(i);
            else if (input.Dim(i) != 1) throw new GraphFault($"axis {i} has the length {input.Dim(i)}, not 1");
        }
        outputs[0].CopyFrom(input, dims[..rank]);
    }
}

/// <summary>Puts axes of length 1 in, named by an input, before opset 13 by an attribute.</summary>
internal sealed class Unsqueeze(NodeReader node) : Kernel
{
    private readonly long[]? _axes = node.Has("axes") ? node.Ints("axes") : null;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        ReadOnlySpan<long> axes = _axes is not null ? _axes : Required(inputs, 1).Longs;
        var rank = input.Rank + axes.Length;
        if (rank > Limits.Rank) throw new GraphFault($"would make {rank} axes; at most {Limits.Rank} are supported");
        Span<bool> added = stackalloc bool[Limits.Rank];
        foreach (var axis in axes)
        {
            if (axis < -rank || axis >= rank || added[(int)(axis < 0 ? axis + rank : axis)])
                throw new GraphFault($"axis {axis} occurs twice or lies outside {rank} axes");
            added[(int)(axis < 0 ? axis + rank : axis)] = true;
        }
        Span<int> dims = stackalloc int[Limits.Rank];
        var next = 0;
        for (var i = 0; i < rank; i++) dims[i] = added[i] ? 1 : input.Dim(next++);
        outputs[0].CopyFrom(input, dims[..rank]);
    }
}

/// <summary>Tensors side by side along an axis.</summary>
internal sealed class Concat(NodeReader node) : Kernel
{
    private readonly long _axis = node.Int("axis", 0);

    public long Axis => _axis;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var first = Required(inputs, 0);
        var axis = first.Axis(_axis);
        Span<int> dims = stackalloc int[first.Rank];
        first.Dims.CopyTo(dims);
        var total = 0L;
        for (var i = 0; i < inputs.Length; i++)
        {
            var input = Required(inputs, i);
            if (input.Rank != first.Rank) throw new GraphFault($"input {i} has {input.Rank} axes, the first has {first.Rank}");
            for (var d = 0; d < first.Rank; d++)
                if (d != axis && input.Dim(d) != first.Dim(d)) throw new GraphFault($"input {i} differs from the first in axis {d}");
            total += input.Dim(axis);
        }
        dims[axis] = (int)Math.Min(total, int.MaxValue);
        outputs[0].Reset(first.Type, dims);
        switch (first.Type)
        {
            case ElementType.Float: Join<float>(inputs, outputs[0], axis); break;
            case ElementType.Double: Join<double>(inputs, outputs[0], axis); break;
            case ElementType.Int64: Join<long>(inputs, outputs[0], axis); break;
            case ElementType.String: Join<string>(inputs, outputs[0], axis); break;
            default: Join<bool>(inputs, outputs[0], axis); break;
        }
    }

    private static void Join<T>(ReadOnlySpan<Tensor?> inputs, Tensor output, int axis)
    {
        var inner = 1;
        for (var d = axis + 1; d < output.Rank; d++) inner *= output.Dim(d);
        var stride = output.Dim(axis) * inner;
        var to = output.Elements<T>();
        var outer = stride == 0 ? 0 : to.Length / stride;
        var offset = 0;
        foreach (var input in inputs)
        {
            var from = input!.Elements<T>();
            var width = input.Dim(axis) * inner;
            if (width == 1)
                for (var r = 0; r < outer; r++) to[r * stride + offset] = from[r];
            else
                for (var r = 0; r < outer; r++) from.Slice(r * width, width).CopyTo(to.Slice(r * stride + offset, width));
            offset += width;
        }
    }
}
