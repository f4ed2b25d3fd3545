using System.Numerics;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>How a reduction takes one element after another, all in double.</summary>
/// <param name="Start">What it begins from.</param>
/// <param name="Step">The next state from the state and an element.</param>
/// <param name="End">The result from the last state and the number of elements.</param>
internal sealed record Reduction(double Start, Func<double, double, double> Step, Func<double, int, double> End)
{
    public static readonly Reduction Sum = new(0, (sum, x) => sum + x, (sum, _) => sum);
    public static readonly Reduction Mean = new(0, (sum, x) => sum + x, (sum, count) => sum / count);
    public static readonly Reduction Product = new(1, (product, x) => product * x, (product, _) => product);
    public static readonly Reduction Max = new(double.NegativeInfinity, Math.Max, (most, _) => most);
    public static readonly Reduction Min = new(double.PositiveInfinity, Math.Min, (least, _) => least);
    public static readonly Reduction L1 = new(0, (sum, x) => sum + Math.Abs(x), (sum, _) => sum);
    public static readonly Reduction L2 = new(0, (sum, x) => sum + x * x, (sum, _) => Math.Sqrt(sum));
    public static readonly Reduction SumSquare = new(0, (sum, x) => sum + x * x, (sum, _) => sum);
    public static readonly Reduction LogSum = new(0, (sum, x) => sum + x, (sum, _) => DeterministicMath.Log(sum));
    public static readonly Reduction LogSumExp = new(double.NegativeInfinity, LogOfSum, (sum, _) => sum);

    // log(e^a + e^b) without overflow.
    private static double LogOfSum(double a, double b) =>
        double.IsNegativeInfinity(a) ? b : double.IsNegativeInfinity(b) ? a : Math.Max(a, b) + DeterministicMath.Softplus(-Math.Abs(a - b));
}

/// <summary>
/// Reduces some axes, by default all, to one element each. Elements are taken in the order in which they lie, in double (sums of integers
/// in int64, with wrap-around); the axes are an attribute, or an input since opset 13 (ReduceSum) or 18.
/// </summary>
internal sealed class Reduce : Kernel
{
    private readonly Reduction _reduction;
    private readonly bool _keep, _noop, _hasAxes;
    private readonly long[] _axes;

    public Reduce(NodeReader node, Reduction reduction)
    {
        _reduction = reduction;
        _keep = node.Int("keepdims", 1) != 0;
        _noop = node.Int("noop_with_empty_axes", 0) != 0;
        _hasAxes = node.Has("axes");
        _axes = node.Ints("axes");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        ReadOnlySpan<long> axes = _hasAxes ? _axes : Optional(inputs, 1) is { } given ? given.Longs : [];
        if (axes.IsEmpty && _noop)
        {
            outputs[0].CopyFrom(input, input.Dims);
            return;
        }
        Span<bool> reduced = stackalloc bool[Limits.Rank];
        if (axes.IsEmpty) reduced.Fill(true);
        foreach (var axis in axes) reduced[input.Axis(axis)] = true;
        Size(input, reduced, outputs[0]);
        outputs[0].Work(input.Count);
        switch (input.Type)
        {
            case ElementType.Float: Run<float>(input, reduced, outputs[0]); break;
            case ElementType.Double: Run<double>(input, reduced, outputs[0]); break;
            case ElementType.Int64 when _reduction == Reduction.Sum: Sum(input, reduced, outputs[0]); break;
            case ElementType.Int64: Run<long>(input, reduced, outputs[0]); break;
            default: throw new GraphFault($"does not support tensors of type {input.Type}");
        }
    }

    private void Size(Tensor input, ReadOnlySpan<bool> reduced, Tensor output)
    {
        Span<int> dims = stackalloc int[Limits.Rank];
        var rank = 0;
        for (var d = 0; d < input.Rank; d++)
        {
            if (!reduced[d]) dims[rank++] = input.Dim(d);
            else if (_keep) dims[rank++] = 1;
        }
        output.Reset(input.Type, dims[..rank]);
    }

    private void Run<T>(Tensor input, ReadOnlySpan<bool> reduced, Tensor output) where T : struct, INumber<T>
    {
        var to = output.Elements<T>();
        var states = to.Length <= 256 ? stackalloc double[to.Length] : new double[to.Length];
        states.Fill(_reduction.Start);
        var from = input.Elements<T>();
        var walk = new ReducedWalk(input, reduced);
        for (var i = 0; i < from.Length; i++)
        {
            ref var state = ref states[walk.Next()];
            state = _reduction.Step(state, double.CreateTruncating(from[i]));
        }
        var count = to.Length == 0 ? 0 : from.Length / to.Length;
        for (var i = 0; i < to.Length; i++) to[i] = T.CreateSaturating(_reduction.End(states[i], count));
    }

    private static void Sum(Tensor input, ReadOnlySpan<bool> reduced, Tensor output)
    {
        var to = output.Longs;
        to.Clear();
        var walk = new ReducedWalk(input, reduced);
        foreach (var value in input.Longs) to[walk.Next()] += value;
    }

    /// <summary>Where the elements of the input, one after another, belong in the output.</summary>
    private ref struct ReducedWalk
    {
        private readonly Tensor _input;
        private readonly int[] _strides = new int[Limits.Rank];
        private readonly int[] _counter = new int[Limits.Rank];
        private int _next;

        public ReducedWalk(Tensor input, ReadOnlySpan<bool> reduced)
        {
            _input = input;
            var stride = 1;
            for (var d = input.Rank - 1; d >= 0; d--)
            {
                _strides[d] = reduced[d] ? 0 : stride;
                if (!reduced[d]) stride *= input.Dim(d);
            }
        }

        public int Next()
        {
            var at = _next;
            for (var d = _input.Rank - 1; d >= 0; d--)
            {
                _next += _strides[d];
                if (++_counter[d] < _input.Dim(d)) return at;
                _next -= _strides[d] * _counter[d];
                _counter[d] = 0;
            }
            return at;
        }
    }
}

/// <summary>The index of the greatest or the smallest along an axis; the first of equals, or the last where select_last_index is 1.</summary>
internal sealed class ArgBest(NodeReader node, bool greatest) : NumericKernel
{
    private readonly long _axis = node.Int("axis", 0);
    private readonly bool _keep = node.Int("keepdims", 1) != 0;
    private readonly bool _last = node.Int("select_last_index", 0) != 0;

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var walk = new AxisWalk(input, _axis);
        Span<int> dims = stackalloc int[Limits.Rank];
        var rank = 0;
        for (var d = 0; d < input.Rank; d++)
        {
            if (d != walk.Axis) dims[rank++] = input.Dim(d);
            else if (_keep) dims[rank++] = 1;
        }
        outputs[0].Reset(ElementType.Int64, dims[..rank]);
        outputs[0].Work(input.Count);
        if (walk.Length == 0) throw new GraphFault($"axis {walk.Axis} is empty");
        var from = input.Elements<T>();
        var to = outputs[0].Longs;
        for (var line = 0; line < to.Length; line++) to[line] = Best<T>(from[walk.Start(line)..], walk.Length, walk.Inner);
    }

    private int Best<T>(ReadOnlySpan<T> values, int length, int stride) where T : struct, INumber<T>
    {
        var best = 0;
        for (var k = 1; k < length; k++)
        {
            var (candidate, present) = (values[k * stride], values[best * stride]);
            if ((greatest ? candidate > present : candidate < present) || (_last && candidate == present)) best = k;
        }
        return best;
    }
}

/// <summary>The sums of the elements up to each along an axis, in the type of the elements.</summary>
internal sealed class CumulativeSum(NodeReader node) : NumericKernel
{
    private readonly bool _exclusive = node.Int("exclusive", 0) != 0;
    private readonly bool _reverse = node.Int("reverse", 0) != 0;

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var axes = Required(inputs, 1).Longs;
        if (axes.Length != 1) throw new GraphFault("input 1 (axis) is not one number");
        var walk = new AxisWalk(input, axes[0]);
        outputs[0].Reset(input.Type, input.Dims);
        var from = input.Elements<T>();
        var to = outputs[0].Elements<T>();
        for (var line = 0; line < walk.Lines && !to.IsEmpty; line++)
        {
            var sum = T.Zero;
            for (var k = 0; k < walk.Length; k++)
            {
                var at = walk.Start(line) + (_reverse ? walk.Length - 1 - k : k) * walk.Inner;
                to[at] = _exclusive ? sum : sum + from[at];
                sum += from[at];
            }
        }
    }
}
