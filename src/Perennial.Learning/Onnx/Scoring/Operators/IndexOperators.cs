namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Along an axis, the element that an index of the same place says; negative indices count from behind.</summary>
internal sealed class GatherElements(NodeReader node) : TypedKernel
{
    private readonly long _axis = node.Int("axis", 0);

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (data, indices) = (Required(inputs, 0), Required(inputs, 1));
        var axis = data.Axis(_axis);
        if (indices.Rank != data.Rank) throw new GraphFault($"{indices.Rank} axes of indices for {data.Rank} of data");
        Span<int> strides = stackalloc int[Limits.Rank];
        Copying.Strides(data, strides);
        for (var d = 0; d < data.Rank; d++)
            if (d != axis && indices.Dim(d) > data.Dim(d)) throw new GraphFault($"indices are longer than the data along axis {d}");
        outputs[0].Reset(data.Type, indices.Dims);
        var from = data.Elements<T>();
        var to = outputs[0].Elements<T>();
        var at = indices.Longs;
        Span<int> counter = stackalloc int[Limits.Rank];
        for (var i = 0; i < to.Length; i++)
        {
            var length = data.Dim(axis);
            var index = at[i] < 0 ? at[i] + length : at[i];
            if (index < 0 || index >= length) throw new GraphFault($"index {at[i]} lies outside an axis of length {length}");
            var offset = (int)index * strides[axis];
            for (var d = 0; d < data.Rank; d++)
                if (d != axis) offset += counter[d] * strides[d];
            to[i] = from[offset];
            for (var d = data.Rank - 1; d >= 0 && ++counter[d] == indices.Dim(d); d--) counter[d] = 0;
        }
    }
}

/// <summary>One more axis with one value where the index is the place along it, another everywhere else. Indices, depth and values by inputs.</summary>
internal sealed class OneHot(NodeReader node) : TypedKernel(typedInput: 2)
{
    private readonly long _axis = node.Int("axis", -1);

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (indices, depths, values) = (Required(inputs, 0), Required(inputs, 1), Required(inputs, 2));
        if (depths.Count != 1 || values.Count != 2) throw new GraphFault("depth is not one number, or there are not two values");
        var depth = Number(depths, 0);
        if (depth is < 1 or > Limits.Columns) throw new GraphFault($"the depth is {depth}");
        if (indices.Rank == Limits.Rank) throw new GraphFault($"indices have {indices.Rank} axes, which leaves no room for one more");
        if (_axis < -indices.Rank - 1 || _axis > indices.Rank) throw new GraphFault($"axis {_axis} does not exist in a tensor of {indices.Rank + 1} axes");
        var axis = (int)(_axis < 0 ? _axis + indices.Rank + 1 : _axis);
        Span<int> dims = stackalloc int[indices.Rank + 1];
        indices.Dims[..axis].CopyTo(dims);
        indices.Dims[axis..].CopyTo(dims[(axis + 1)..]);
        dims[axis] = (int)depth;
        outputs[0].Reset(values.Type, dims);
        var to = outputs[0].Elements<T>();
        to.Fill(values.Elements<T>()[0]);
        var inner = 1;
        foreach (var length in dims[(axis + 1)..]) inner *= length;
        for (var i = 0; i < indices.Count; i++)
        {
            var index = Number(indices, i);
            if (index < 0) index += depth;
            if (index >= 0 && index < depth) to[(i / inner * (int)depth + (int)index) * inner + i % inner] = values.Elements<T>()[1];
        }
    }

    private static long Number(Tensor tensor, int index) => tensor.Type switch
    {
        ElementType.Float => (long)tensor.Floats[index],
        ElementType.Double => (long)tensor.Doubles[index],
        _ => tensor.Longs[index],
    };
}

/// <summary>The greatest or smallest few along an axis, in order, and their places; of equals the first comes first.</summary>
internal sealed class TopK : NumericKernel
{
    private readonly long _axis;
    private readonly bool _largest;
    private readonly long? _count;

    public TopK(NodeReader node)
    {
        _axis = node.Int("axis", -1);
        _largest = node.Int("largest", 1) != 0;
        _count = node.Has("k") ? node.Int("k", 0) : null;

        // Sorted is one of the orders that an unsorted result may have.
        node.Ignore("sorted");
    }

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var walk = new AxisWalk(input, _axis);
        var count = _count ?? (Required(inputs, 1) is { Count: 1 } k ? k.Longs[0] : throw new GraphFault("input 1 (k) is not one number"));
        if (count < 0 || count > walk.Length) throw new GraphFault($"k is {count} for an axis of {walk.Length}");
        if (outputs.Length < 2) throw new GraphFault("has one output where values and indices are expected");
        Span<int> dims = stackalloc int[input.Rank];
        input.Dims.CopyTo(dims);
        dims[walk.Axis] = (int)count;
        outputs[0].Reset(input.Type, dims);
        outputs[1].Reset(ElementType.Int64, dims);
        outputs[0].Work((long)input.Count * 20);
        var from = input.Elements<T>();
        var order = new int[walk.Length];
        var keys = new T[walk.Length];
        for (var line = 0; line < walk.Lines && count > 0; line++)
        {
            for (var p = 0; p < order.Length; p++) (order[p], keys[p]) = (p, from[walk.Start(line) + p * walk.Inner]);
            Array.Sort(order, (a, b) =>
            {
                var compared = _largest ? keys[b].CompareTo(keys[a]) : keys[a].CompareTo(keys[b]);
                return compared != 0 ? compared : a.CompareTo(b);
            });
            for (var p = 0; p < count; p++)
            {
                var at = line / walk.Inner * (int)count * walk.Inner + p * walk.Inner + line % walk.Inner;
                outputs[0].Elements<T>()[at] = keys[order[p]];
                outputs[1].Longs[at] = order[p];
            }
        }
    }
}
