using System.Numerics;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>An operator of one tensor, an element at a time, on floats or doubles: computed in double and rounded once.</summary>
internal sealed class FloatMap(Func<double, double> map) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].Reset(input.Type, input.Dims);
        if (input.Type == ElementType.Double)
        {
            var from = input.Doubles;
            var to = outputs[0].Doubles;
            for (var i = 0; i < to.Length; i++) to[i] = map(from[i]);
        }
        else
        {
            var from = input.Floats;
            var to = outputs[0].Floats;
            for (var i = 0; i < to.Length; i++) to[i] = (float)map(from[i]);
        }
    }
}

/// <summary>An operator of one tensor, an element at a time, on floats, doubles or integers.</summary>
internal sealed class NumberMap(Func<double, double> map, Func<long, long> mapLong) : Kernel
{
    private readonly FloatMap _floats = new(map);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Type != ElementType.Int64)
        {
            _floats.Run(inputs, outputs);
            return;
        }
        outputs[0].Reset(ElementType.Int64, input.Dims);
        var from = input.Longs;
        var to = outputs[0].Longs;
        for (var i = 0; i < to.Length; i++) to[i] = mapLong(from[i]);
    }
}

/// <summary>A property of each float or double.</summary>
internal sealed class FloatTest(Func<double, bool> test) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].Reset(ElementType.Boolean, input.Dims);
        var to = outputs[0].Booleans;
        if (input.Type == ElementType.Double)
        {
            var doubles = input.Doubles;
            for (var i = 0; i < to.Length; i++) to[i] = test(doubles[i]);
            return;
        }
        var floats = input.Floats;
        for (var i = 0; i < to.Length; i++) to[i] = test(floats[i]);
    }

    /// <summary>IsInf; attributes say which of the infinities count.</summary>
    public static FloatTest IsInf(NodeReader node)
    {
        var (negative, positive) = (node.Int("detect_negative", 1) != 0, node.Int("detect_positive", 1) != 0);
        return new FloatTest(v => (negative && double.IsNegativeInfinity(v)) || (positive && double.IsPositiveInfinity(v)));
    }
}

/// <summary>Negation of booleans.</summary>
internal sealed class Not : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].Reset(ElementType.Boolean, input.Dims);
        var from = input.Booleans;
        var to = outputs[0].Booleans;
        for (var i = 0; i < to.Length; i++) to[i] = !from[i];
    }
}

/// <summary>Numbers held between an optional lower and an optional upper bound, both scalars; NaN stays. Before opset 11 the bounds are attributes.</summary>
internal sealed class Clip(NodeReader node) : NumericKernel
{
    private readonly float? _min = node.Has("min") ? node.Float("min", 0) : null;
    private readonly float? _max = node.Has("max") ? node.Float("max", 0) : null;

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var low = Bound<T>(Optional(inputs, 1), _min);
        var high = Bound<T>(Optional(inputs, 2), _max);
        outputs[0].Reset(input.Type, input.Dims);
        var from = input.Elements<T>();
        var to = outputs[0].Elements<T>();
        for (var i = 0; i < to.Length; i++)
        {
            var raised = low is { } l && from[i] < l ? l : from[i];
            to[i] = high is { } h && raised > h ? h : raised;
        }
    }

    private static T? Bound<T>(Tensor? tensor, float? attribute) where T : struct, INumber<T> =>
        tensor is null ? attribute is { } value ? T.CreateSaturating(value) : null
        : tensor.Count == 1 ? tensor.Elements<T>()[0]
        : throw new GraphFault("a bound of Clip is not a scalar");
}

/// <summary>The elementary functions, in double by <see cref="DeterministicMath"/>.</summary>
internal static class Elementary
{
    public static float Sigmoid(float x) => (float)DeterministicMath.Sigmoid(x);

    public static float Exp(float x) => (float)DeterministicMath.Exp(x);

    public static double Relu(double x) => x < 0 ? 0 : x;

    public static double Tanh(double x)
    {
        // Near zero the quotient would lose the digits that the series keeps.
        return Math.Abs(x) < 1e-4 ? x - x * x * x / 3 : 1 - 2 / (DeterministicMath.Exp(2 * x) + 1);
    }

    /// <summary>e^x - 1, by its series near zero.</summary>
    public static double ExpMinusOne(double x) => Math.Abs(x) < 1e-4 ? x + x * x / 2 + x * x * x / 6 : DeterministicMath.Exp(x) - 1;

    /// <summary>x to the y: exact for small whole exponents and roots, else e^(y log |x|) with the sign that x has for an odd y.</summary>
    public static double Power(double x, double y)
    {
        if (y == 0 || x == 1) return 1;
        if (double.IsNaN(x) || double.IsNaN(y)) return double.NaN;
        if (y == 0.5 && !double.IsNegativeInfinity(x)) return Math.Sqrt(x);
        if (Math.Abs(y) <= 64 && y == Math.Truncate(y)) return y < 0 ? 1 / Product(x, (int)-y) : Product(x, (int)y);
        var whole = y == Math.Truncate(y);
        if (x < 0 && !whole && !double.IsInfinity(x)) return double.NaN;
        if (x == -1 && double.IsInfinity(y)) return 1;
        var magnitude = DeterministicMath.Exp(y * DeterministicMath.Log(Math.Abs(x)));
        var odd = whole && Math.Abs(y) < 1L << 53 && ((long)y & 1) != 0;
        return x < 0 && odd ? -magnitude : magnitude;
    }

    // By squaring, the lowest bit first.
    private static double Product(double x, int n)
    {
        var product = 1.0;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0) product *= x;
        return product;
    }
}
