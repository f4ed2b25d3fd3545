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
internal sealed class ByType(
    Kernel? floats = null, Kernel? longs = null, Kernel? strings = null, Kernel? booleans = null, Kernel? doubles = null) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var type = Required(inputs, 0).Type;
        var kernel = type switch
        {
            ElementType.Float => floats,
            ElementType.Double => doubles,
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
    public static Kernel Add() => Of<AddOf>();

    public static Kernel Sub() => Of<SubOf>();

    public static Kernel Mul() => Of<MulOf>();

    public static Kernel Div() => Of<DivOf>();

    /// <summary>The greater; NaN where either is NaN.</summary>
    public static Kernel Max() => Of<MaxOf>();

    /// <summary>The smaller; NaN where either is NaN.</summary>
    public static Kernel Min() => Of<MinOf>();

    /// <summary>Powers: the exponent may be of another type than the base, whose type the result has.</summary>
    public static Kernel Pow() => new Pow();

    /// <summary>x where it is not negative, else x times the slope.</summary>
    public static Kernel PRelu() => Of<PReluOf>();

    /// <summary>The remainder: with the sign of the divisor (integers), or of the dividend where <c>fmod</c> is 1.</summary>
    public static Kernel Mod(NodeReader node) => node.Int("fmod", 0) == 0
        ? new ByType(longs: new Binary<long, long, FloorModOf>())
        : new ByType(new Binary<float, float, RemainderOf>(), new Binary<long, long, RemainderOf>(), doubles: new Binary<double, double, RemainderOf>());

    private static ByType Of<TFunction>() where TFunction : IBinary<float, float>, IBinary<long, long>, IBinary<double, double> =>
        new(new Binary<float, float, TFunction>(), new Binary<long, long, TFunction>(), doubles: new Binary<double, double, TFunction>());

    private readonly struct AddOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a + b;

        public static double Of(double a, double b) => a + b;

        public static long Of(long a, long b) => unchecked(a + b);
    }

    private readonly struct SubOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a - b;

        public static double Of(double a, double b) => a - b;

        public static long Of(long a, long b) => unchecked(a - b);
    }

    private readonly struct MulOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a * b;

        public static double Of(double a, double b) => a * b;

        public static long Of(long a, long b) => unchecked(a * b);
    }

    private readonly struct DivOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a / b;

        public static double Of(double a, double b) => a / b;

        // The smallest integer has no positive twin: by -1 it is negated with wrap-around, where the processor would trap.
        public static long Of(long a, long b) => b switch
        {
            0 => throw new GraphFault("an integer is divided by zero"),
            -1 => unchecked(-a),
            _ => a / b,
        };
    }

    private readonly struct RemainderOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a % b;

        public static double Of(double a, double b) => a % b;

        public static long Of(long a, long b) => b switch
        {
            0 => throw new GraphFault("an integer is divided by zero"),
            -1 => 0,
            _ => a % b,
        };
    }

    private readonly struct MaxOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => Math.Max(a, b);

        public static double Of(double a, double b) => Math.Max(a, b);

        public static long Of(long a, long b) => Math.Max(a, b);
    }

    private readonly struct MinOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => Math.Min(a, b);

        public static double Of(double a, double b) => Math.Min(a, b);

        public static long Of(long a, long b) => Math.Min(a, b);
    }

    private readonly struct PReluOf : IBinary<float, float>, IBinary<long, long>, IBinary<double, double>
    {
        public static float Of(float a, float b) => a < 0 ? a * b : a;

        public static double Of(double a, double b) => a < 0 ? a * b : a;

        public static long Of(long a, long b) => a < 0 ? unchecked(a * b) : a;
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
    public static Kernel Less() => Of<LessOf>();

    public static Kernel LessOrEqual() => Of<LessOrEqualOf>();

    public static Kernel Greater() => Of<GreaterOf>();

    public static Kernel GreaterOrEqual() => Of<GreaterOrEqualOf>();

    public static Kernel Equal() => new ByType(
        new Binary<float, bool, EqualOf>(), new Binary<long, bool, EqualOf>(),
        new Binary<string, bool, EqualOf>(), new Binary<bool, bool, EqualOf>(), new Binary<double, bool, EqualOf>());

    public static Kernel And() => new ByType(booleans: new Binary<bool, bool, AndOf>());

    public static Kernel Or() => new ByType(booleans: new Binary<bool, bool, OrOf>());

    public static Kernel Xor() => new ByType(booleans: new Binary<bool, bool, XorOf>());

    private static ByType Of<TFunction>() where TFunction : IBinary<float, bool>, IBinary<long, bool>, IBinary<double, bool> =>
        new(new Binary<float, bool, TFunction>(), new Binary<long, bool, TFunction>(), doubles: new Binary<double, bool, TFunction>());

    private readonly struct LessOf : IBinary<float, bool>, IBinary<long, bool>, IBinary<double, bool>
    {
        public static bool Of(float a, float b) => a < b;

        public static bool Of(double a, double b) => a < b;

        public static bool Of(long a, long b) => a < b;
    }

    private readonly struct LessOrEqualOf : IBinary<float, bool>, IBinary<long, bool>, IBinary<double, bool>
    {
        public static bool Of(float a, float b) => a <= b;

        public static bool Of(double a, double b) => a <= b;

        public static bool Of(long a, long b) => a <= b;
    }

    private readonly struct GreaterOf : IBinary<float, bool>, IBinary<long, bool>, IBinary<double, bool>
    {
        public static bool Of(float a, float b) => a > b;

        public static bool Of(double a, double b) => a > b;

        public static bool Of(long a, long b) => a > b;
    }

    private readonly struct GreaterOrEqualOf : IBinary<float, bool>, IBinary<long, bool>, IBinary<double, bool>
    {
        public static bool Of(float a, float b) => a >= b;

        public static bool Of(double a, double b) => a >= b;

        public static bool Of(long a, long b) => a >= b;
    }

    private readonly struct EqualOf
        : IBinary<float, bool>, IBinary<long, bool>, IBinary<string, bool>, IBinary<bool, bool>, IBinary<double, bool>
    {
        public static bool Of(float a, float b) => a == b;

        public static bool Of(double a, double b) => a == b;

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

    private readonly struct XorOf : IBinary<bool, bool>
    {
        public static bool Of(bool a, bool b) => a != b;
    }
}
