namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Every element of the output from one of the input, by the place of the output's elements along each axis.</summary>
internal ref struct Copying
{
    private readonly int[] _steps = new int[Limits.Rank];
    private readonly int[] _lengths = new int[Limits.Rank];
    private readonly int[] _periods = new int[Limits.Rank];

    public Copying() { }

    /// <summary>Says of an axis of the output how far a step moves in the input, and after how many steps it begins again.</summary>
    public readonly void Axis(int axis, int length, int step, int period) =>
        (_lengths[axis], _steps[axis], _periods[axis]) = (length, step, Math.Max(1, period));

    /// <summary>Copies, from an element of the input on.</summary>
    public readonly void Run<T>(ReadOnlySpan<T> from, int start, Span<T> to, int rank)
    {
        Span<int> counter = stackalloc int[Limits.Rank];
        for (var i = 0; i < to.Length; i++)
        {
            var at = start;
            for (var d = 0; d < rank; d++) at += counter[d] % _periods[d] * _steps[d];
            to[i] = from[at];
            for (var d = rank - 1; d >= 0 && ++counter[d] == _lengths[d]; d--) counter[d] = 0;
        }
    }

    /// <summary>How far a step along each axis of a tensor moves.</summary>
    public static void Strides(Tensor tensor, Span<int> strides)
    {
        var stride = 1;
        for (var d = tensor.Rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= tensor.Dim(d);
        }
    }
}

/// <summary>The axes in another order; reversed where none is given.</summary>
internal sealed class Transpose(NodeReader node) : TypedKernel
{
    private readonly long[]? _order = node.Has("perm") ? node.Ints("perm") : null;

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (_order is not null && (_order.Length != input.Rank || _order.Distinct().Count() != _order.Length))
            throw new GraphFault($"attribute 'perm' does not order the {input.Rank} axes of the input");
        Span<int> strides = stackalloc int[Limits.Rank];
        Span<int> dims = stackalloc int[input.Rank];
        Copying.Strides(input, strides);
        var copying = new Copying();
        for (var d = 0; d < dims.Length; d++)
        {
            var axis = _order is null ? input.Rank - 1 - d : _order[d] < 0 ? throw new GraphFault("attribute 'perm' is negative") : input.Axis(_order[d]);
            dims[d] = input.Dim(axis);
            copying.Axis(d, dims[d], strides[axis], dims[d]);
        }
        outputs[0].Reset(input.Type, dims);
        copying.Run<T>(input.Elements<T>(), 0, outputs[0].Elements<T>(), dims.Length);
    }
}

/// <summary>Broadcasts to a shape as an operator of two tensors would.</summary>
internal sealed class Expand : TypedKernel
{
    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var shape = Shapes.Of(Required(inputs, 1));
        var rank = Math.Max(input.Rank, shape.Length);
        Span<int> strides = stackalloc int[Limits.Rank];
        Span<int> dims = stackalloc int[rank];
        Copying.Strides(input, strides);
        var copying = new Copying();
        for (var d = 0; d < rank; d++)
        {
            var axis = d - (rank - input.Rank);
            var own = input.Dim(axis);
            var wanted = d < rank - shape.Length ? 1 : shape[d - (rank - shape.Length)];
            if (own != wanted && own != 1 && wanted != 1) throw new GraphFault($"lengths {own} and {wanted} of an axis cannot be broadcast");
            dims[d] = own == 1 ? wanted : own;
            copying.Axis(d, dims[d], axis < 0 ? 0 : strides[axis], own);
        }
        outputs[0].Reset(input.Type, dims);
        copying.Run<T>(input.Elements<T>(), 0, outputs[0].Elements<T>(), rank);
    }
}

/// <summary>Repeats the tensor along each axis.</summary>
internal sealed class Tile : TypedKernel
{
    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var repeats = Shapes.Of(Required(inputs, 1));
        if (repeats.Length != input.Rank) throw new GraphFault($"{repeats.Length} repeats for {input.Rank} axes");
        Span<int> strides = stackalloc int[Limits.Rank];
        Span<int> dims = stackalloc int[input.Rank];
        Copying.Strides(input, strides);
        var copying = new Copying();
        for (var d = 0; d < dims.Length; d++)
        {
            dims[d] = (int)Math.Min((long)input.Dim(d) * repeats[d], int.MaxValue);
            copying.Axis(d, dims[d], strides[d], input.Dim(d));
        }
        outputs[0].Reset(input.Type, dims);
        copying.Run<T>(input.Elements<T>(), 0, outputs[0].Elements<T>(), dims.Length);
    }
}

/// <summary>A part of the tensor: starts, ends and steps along some axes, by inputs, before opset 10 by attributes.</summary>
internal sealed class Slice : TypedKernel
{
    private readonly long[]? _starts, _ends, _axes;

    public Slice(NodeReader node)
    {
        if (!node.Has("starts")) return;
        (_starts, _ends) = (node.Ints("starts"), node.Ints("ends"));
        if (node.Has("axes")) _axes = node.Ints("axes");
    }

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        ReadOnlySpan<long> starts = _starts is not null ? _starts : Required(inputs, 1).Longs;
        ReadOnlySpan<long> ends = _ends is not null ? _ends : Required(inputs, 2).Longs;
        ReadOnlySpan<long> axes = _axes is not null ? _axes : Optional(inputs, 3) is { } given ? given.Longs : [];
        ReadOnlySpan<long> steps = Optional(inputs, 4) is { } stepped ? stepped.Longs : [];
        if (ends.Length != starts.Length || starts.Length > input.Rank || (!axes.IsEmpty && axes.Length != starts.Length)
            || (!steps.IsEmpty && steps.Length != starts.Length))
            throw new GraphFault("starts, ends, axes and steps are not as many as each other, or more than the input's axes");
        Span<int> strides = stackalloc int[Limits.Rank];
        Span<int> dims = stackalloc int[input.Rank];
        Copying.Strides(input, strides);
        var copying = new Copying();
        for (var d = 0; d < dims.Length; d++) copying.Axis(d, dims[d] = input.Dim(d), strides[d], dims[d]);
        var first = 0;
        Span<bool> met = stackalloc bool[Limits.Rank];
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = input.Axis(axes.IsEmpty ? i : axes[i]);
            if (met[axis]) throw new GraphFault($"axis {axis} occurs twice");
            met[axis] = true;
            var (start, step, count) = Range(starts[i], ends[i], steps.IsEmpty ? 1 : steps[i], input.Dim(axis));
            dims[axis] = count;
            copying.Axis(axis, count, step * strides[axis], count);
            if (count > 0) first += start * strides[axis];
        }
        outputs[0].Reset(input.Type, dims);
        copying.Run<T>(input.Elements<T>(), first, outputs[0].Elements<T>(), dims.Length);
    }

    // Negative bounds count from behind; what lies outside is cut off (ONNX, Slice).
    private static (int Start, int Step, int Count) Range(long start, long end, long step, int length)
    {
        if (step == 0) throw new GraphFault("a step is 0");
        if (length == 0) return (0, 0, 0);
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        if (start < 0) start += length;
        if (end < 0) end += length;
        start = Math.Clamp(start, 0, step > 0 ? length : length - 1);
        end = Math.Clamp(end, step > 0 ? 0 : -1, length);
        var span = step > 0 ? end - start : start - end;
        var count = span <= 0 ? 0 : (span + Math.Abs(step) - 1) / Math.Abs(step);

        // A step beyond the tensor is taken at most once, so it need not be right, only small enough to multiply.
        return ((int)start, count <= 1 ? 0 : (int)step, (int)count);
    }
}

/// <summary>Parts of the tensor along an axis: lengths by an input (before opset 13 an attribute), or equal ones.</summary>
internal sealed class Split(NodeReader node) : TypedKernel
{
    private readonly long _axis = node.Int("axis", 0);
    private readonly long[]? _lengths = node.Has("split") ? node.Ints("split") : null;
    private readonly long _count = node.Int("num_outputs", node.OutputCount);

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var walk = new AxisWalk(input, _axis);
        Span<int> lengths = stackalloc int[Math.Min(outputs.Length, 1024)];
        if (_count != outputs.Length || lengths.Length != outputs.Length)
            throw new GraphFault($"attribute 'num_outputs' is {_count}, the node has {outputs.Length} outputs; at most 1024 are supported");
        Lengths(_lengths is not null ? _lengths : Optional(inputs, 1) is { } given ? given.Longs : [], walk.Length, lengths);
        Span<int> dims = stackalloc int[input.Rank];
        input.Dims.CopyTo(dims);
        var from = input.Elements<T>();
        var offset = 0;
        for (var o = 0; o < outputs.Length; o++)
        {
            dims[walk.Axis] = lengths[o];
            outputs[o].Reset(input.Type, dims);
            var to = outputs[o].Elements<T>();
            var width = lengths[o] * walk.Inner;
            for (var r = 0; r < walk.Outer && width > 0; r++)
                from.Slice((r * walk.Length + offset) * walk.Inner, width).CopyTo(to[(r * width)..]);
            offset += lengths[o];
        }
    }

    private static void Lengths(ReadOnlySpan<long> given, int length, Span<int> lengths)
    {
        if (given.IsEmpty)
        {
            // Equal parts; the last is shorter where the axis cannot be parted evenly.
            var part = (length + lengths.Length - 1) / lengths.Length;
            for (var i = 0; i < lengths.Length; i++) lengths[i] = Math.Clamp(length - i * part, 0, part);
            return;
        }
        var total = 0L;
        for (var i = 0; i < given.Length && given.Length == lengths.Length; i++)
        {
            if (given[i] < 0 || given[i] > length) throw new GraphFault($"a part has a length of {given[i]}");
            lengths[i] = (int)given[i];
            total += given[i];
        }
        if (total != length) throw new GraphFault($"{given.Length} parts of {total} elements together for {lengths.Length} outputs of an axis of {length}");
    }
}
