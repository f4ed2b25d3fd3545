using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>An operator of one tensor, an element at a time, on floats.</summary>
internal sealed class FloatMap(Func<float, float> map) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var from = input.Floats;
        var to = outputs[0].Floats;
        for (var i = 0; i < to.Length; i++) to[i] = map(from[i]);
    }
}

/// <summary>An operator of one tensor, an element at a time, on floats or integers.</summary>
internal sealed class NumberMap(Func<float, float> map, Func<long, long> mapLong) : Kernel
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

/// <summary>Whether each float is NaN.</summary>
internal sealed class IsNaN : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        outputs[0].Reset(ElementType.Boolean, input.Dims);
        var from = input.Floats;
        var to = outputs[0].Booleans;
        for (var i = 0; i < to.Length; i++) to[i] = float.IsNaN(from[i]);
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

/// <summary>Floats held between an optional lower and an optional upper bound, both scalars; NaN stays.</summary>
internal sealed class Clip : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var low = Bound(Optional(inputs, 1), float.NegativeInfinity);
        var high = Bound(Optional(inputs, 2), float.PositiveInfinity);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var from = input.Floats;
        var to = outputs[0].Floats;
        for (var i = 0; i < to.Length; i++)
        {
            var raised = from[i] < low ? low : from[i];
            to[i] = raised > high ? high : raised;
        }
    }

    private static float Bound(Tensor? tensor, float otherwise) => tensor is null ? otherwise
        : tensor.Count == 1 ? tensor.Floats[0]
        : throw new GraphFault("a bound of Clip is not a scalar");
}

/// <summary>The elementary functions, in double by <see cref="DeterministicMath"/> and rounded to float once.</summary>
internal static class Elementary
{
    public static float Sigmoid(float x) => (float)DeterministicMath.Sigmoid(x);

    public static float Exp(float x) => (float)DeterministicMath.Exp(x);

    public static float Log(float x) => (float)DeterministicMath.Log(x);

    public static float Relu(float x) => x < 0 ? 0 : x;

    public static float Tanh(float x)
    {
        // Near zero the quotient would lose the digits that the series keeps.
        double v = x;
        return Math.Abs(v) < 1e-4 ? (float)(v - v * v * v / 3) : (float)(1 - 2 / (DeterministicMath.Exp(2 * v) + 1));
    }
}
