namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Elements of the second input where the first holds, else of the third, with broadcasting.</summary>
internal sealed class Where() : TypedKernel(typedInput: 1)
{
    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (condition, then, otherwise) = (Required(inputs, 0), Required(inputs, 1), Required(inputs, 2));
        var c = condition.Booleans;
        var x = then.Elements<T>();
        var y = otherwise.Elements<T>();
        var walk = Broadcast.Begin(condition, then, otherwise, outputs[0], then.Type);
        var result = outputs[0].Elements<T>();
        while (walk.Move())
        {
            var (a, b, d) = (walk.AtA, walk.AtB, walk.AtC);
            for (var k = walk.Start; k < walk.Start + walk.Length; k++, a += walk.StepA, b += walk.StepB, d += walk.StepC)
                result[k] = c[a] ? x[b] : y[d];
        }
    }
}

/// <summary>Slices along an axis by index; negative indices count from behind.</summary>
internal sealed class Gather(NodeReader node) : Kernel
{
    private readonly long _axis = node.Int("axis", 0);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (data, indices) = (Required(inputs, 0), Required(inputs, 1));
        var axis = data.Axis(_axis);
        var rank = data.Rank - 1 + indices.Rank;
        if (rank > Limits.Rank) throw new GraphFault($"would make {rank} axes; at most {Limits.Rank} are supported");
        Span<int> dims = stackalloc int[rank];
        data.Dims[..axis].CopyTo(dims);
        indices.Dims.CopyTo(dims[axis..]);
        data.Dims[(axis + 1)..].CopyTo(dims[(axis + indices.Rank)..]);
        outputs[0].Reset(data.Type, dims);
        Selection.Copy(data, indices.Longs, axis, outputs[0]);
    }
}

/// <summary>Columns of a table (the last axis) by index.</summary>
internal sealed class ArrayFeatureExtractor : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (data, indices) = (Required(inputs, 0), Required(inputs, 1));
        if (data.Rank == 0) throw new GraphFault("input 0 has no axis");
        Span<int> dims = stackalloc int[Math.Max(2, data.Rank)];
        dims.Fill(1);
        data.Dims.CopyTo(dims[(dims.Length - data.Rank)..]);
        dims[^1] = indices.Count;
        outputs[0].Reset(data.Type, dims);
        Selection.Copy(data, indices.Longs, data.Rank - 1, outputs[0]);
    }
}

/// <summary>The copying behind operators that select by index.</summary>
internal static class Selection
{
    public static void Copy(Tensor data, ReadOnlySpan<long> indices, int axis, Tensor output)
    {
        switch (data.Type)
        {
            case ElementType.Float: Copy<float>(data, indices, axis, output); break;
            case ElementType.Double: Copy<double>(data, indices, axis, output); break;
            case ElementType.Int64: Copy<long>(data, indices, axis, output); break;
            case ElementType.String: Copy<string>(data, indices, axis, output); break;
            default: Copy<bool>(data, indices, axis, output); break;
        }
    }

    private static void Copy<T>(Tensor data, ReadOnlySpan<long> indices, int axis, Tensor output)
    {
        var (inner, length) = (1, data.Dim(axis));
        for (var d = axis + 1; d < data.Rank; d++) inner *= data.Dim(d);
        var from = data.Elements<T>();
        var to = output.Elements<T>();
        if (to.IsEmpty) return;
        var outer = to.Length / (inner * indices.Length);
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                var index = indices[i] < 0 ? indices[i] + length : indices[i];
                if (index < 0 || index >= length) throw new GraphFault($"index {indices[i]} lies outside an axis of length {length}");
                from.Slice((o * length + (int)index) * inner, inner).CopyTo(to[((o * indices.Length + i) * inner)..]);
            }
        }
    }
}
