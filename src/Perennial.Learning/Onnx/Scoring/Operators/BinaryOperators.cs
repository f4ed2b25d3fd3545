namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>A function of two elements.</summary>
internal interface IBinary<T, TResult>
{
    static abstract TResult Of(T a, T b);
}

/// <summary>An operator of two tensors of one type, an element at a time, with broadcasting.</summary>
internal sealed class Binary<T, TResult, TFunction> : Kernel where TFunction : IBinary<T, TResult>
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (a, b) = (Required(inputs, 0), Required(inputs, 1));
        var x = a.Elements<T>();
        var y = b.Elements<T>();
        var walk = Broadcast.Begin(a, b, b, outputs[0], Tensor.TypeOf<TResult>());
        var result = outputs[0].Elements<TResult>();
        while (walk.Move())
        {
            var stretch = result.Slice(walk.Start, walk.Length);
            var (i, j) = (walk.AtA, walk.AtB);
            for (var k = 0; k < stretch.Length; k++, i += walk.StepA, j += walk.StepB) stretch[k] = TFunction.Of(x[i], y[j]);
        }
    }
}

/// <summary>Chooses among kernels by the type of the first input.</summary>
internal sealed class ByType(Kernel? floats = null, Kernel? longs = null, Kernel? strings = null, Kernel? booleans = null) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var type = Required(inputs, 0).Type;
        var kernel = type switch
        {
            ElementType.Float => floats,
            ElementType.Int64 => longs,
            ElementType.String => strings,
            _ => booleans,
        };
        (kernel ?? throw new GraphFault($"does not support tensors of type {type}")).Run(inputs, outputs);
    }
}

/// <summary>Arithmetic of two tensors.</summary>
internal static class Arithmetic
{
    public static Kernel Add() => new ByType(new Binary<float, float, AddOf>(), new Binary<long, long, AddOf>());

    public static Kernel Sub() => new ByType(new Binary<float, float, SubOf>(), new Binary<long, long, SubOf>());

    public static Kernel Mul() => new ByType(new Binary<float, float, MulOf>(), new Binary<long, long, MulOf>());

    public static Kernel Div() => new ByType(new Binary<float, float, DivOf>(), new Binary<long, long, DivOf>());

    /// <summary>The remainder: with the sign of the divisor (integers), or of the dividend where <c>fmod</c> is 1.</summary>
    public static Kernel Mod(NodeReader node) => node.Int("fmod", 0) == 0
        ? new ByType(longs: new Binary<long, long, FloorModOf>())
        : new ByType(new Binary<float, float, RemainderOf>(), new Binary<long, long, RemainderOf>());

    private readonly struct AddOf : IBinary<float, float>, IBinary<long, long>
    {
        public static float Of(float a, float b) => a + b;

        public static long Of(long a, long b) => unchecked(a + b);
    }

    private readonly struct SubOf : IBinary<float, float>, IBinary<long, long>
    {
        public static float Of(float a, float b) => a - b;

        public static long Of(long a, long b) => unchecked(a - b);
    }

    private readonly struct MulOf : IBinary<float, float>, IBinary<long, long>
    {
        public static float Of(float a, float b) => a * b;

        public static long Of(long a, long b) => unchecked(a * b);
    }

    private readonly struct DivOf : IBinary<float, float>, IBinary<long, long>
    {
        public static float Of(float a, float b) => a / b;

        // The smallest integer has no positive twin: by -1 it is negated with wrap-around, where the processor would trap.
        public static long Of(long a, long b) => b switch
        {
            0 => throw new GraphFault("an integer is divided by zero"),
            -1 => unchecked(-a),
            _ => a / b,
        };
    }

    private readonly struct RemainderOf : IBinary<float, float>, IBinary<long, long>
    {
        public static float Of(float a, float b) => a % b;

        public static long Of(long a, long b) => b switch
        {
            0 => throw new GraphFault("an integer is divided by zero"),
            -1 => 0,
            _ => a % b,
        };
    }

    private readonly struct FloorModOf : IBinary<long, long>
    {
        public static long Of(long a, long b)
        {
            var remainder = RemainderOf.Of(a, b);
            return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
        }
    }
}

/// <summary>Comparisons and logic of two tensors, with booleans for a result.</summary>
internal static class Comparison
{
    public static Kernel Less() => new ByType(new Binary<float, bool, LessOf>(), new Binary<long, bool, LessOf>());

    public static Kernel LessOrEqual() => new ByType(new Binary<float, bool, LessOrEqualOf>(), new Binary<long, bool, LessOrEqualOf>());

    public static Kernel Greater() => new ByType(new Binary<float, bool, GreaterOf>(), new Binary<long, bool, GreaterOf>());

    public static Kernel GreaterOrEqual() =>
        new ByType(new Binary<float, bool, GreaterOrEqualOf>(), new Binary<long, bool, GreaterOrEqualOf>());

    public static Kernel Equal() => new ByType(
        new Binary<float, bool, EqualOf>(), new Binary<long, bool, EqualOf>(),
        new Binary<string, bool, EqualOf>(), new Binary<bool, bool, EqualOf>());

    public static Kernel And() => new ByType(booleans: new Binary<bool, bool, AndOf>());

    public static Kernel Or() => new ByType(booleans: new Binary<bool, bool, OrOf>());

    private readonly struct LessOf : IBinary<float, bool>, IBinary<long, bool>
    {
        public static bool Of(float a, float b) => a < b;

        public static bool Of(long a, long b) => a < b;
    }

    private readonly struct LessOrEqualOf : IBinary<float, bool>, IBinary<long, bool>
    {
        public static bool Of(float a, float b) => a <= b;

        public static bool Of(long a, long b) => a <= b;
    }

    private readonly struct GreaterOf : IBinary<float, bool>, IBinary<long, bool>
    {
        public static bool Of(float a, float b) => a > b;

        public static bool Of(long a, long b) => a > b;
    }

    private readonly struct GreaterOrEqualOf : IBinary<float, bool>, IBinary<long, bool>
    {
        public static bool Of(float a, float b) => a >= b;

        public static bool Of(long a, long b) => a >= b;
    }

    private readonly struct EqualOf : IBinary<float, bool>, IBinary<long, bool>, IBinary<string, bool>, IBinary<bool, bool>
    {
        public static bool Of(float a, float b) => a == b;

        public static bool Of(long a, long b) => a == b;

        public static bool Of(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

        public static bool Of(bool a, bool b) => a == b;
    }

    private readonly struct AndOf : IBinary<bool, bool>
    {
        public static bool Of(bool a, bool b) => a && b;
    }

    private readonly struct OrOf : IBinary<bool, bool>
    {
        public static bool Of(bool a, bool b) => a || b;
    }
}
