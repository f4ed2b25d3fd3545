namespace Perennial.Learning.Numerics;

/// <summary>
/// Elementary functions by plain IEEE 754 arithmetic: the platform's own may differ in the last bits between operating systems and
/// processors, and a model's hash must not. Nothing here is contracted to fused multiply-add by the runtime, so results are the same
/// everywhere. Relative error of every function is below 1e-15 in its normal range (tested to 1e-14).
/// </summary>
public static class DeterministicMath
{
    internal const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the first ends in zero bits, so that k * Ln2High is exact for every exponent k of a double (fdlibm, e_exp.c).
    internal const double Ln2High = 6.93147180369123816490e-01;
    internal const double Ln2Low = 1.90821492927058770002e-10;
    private const double Sqrt2 = 1.4142135623730951;

    // Above it exp overflows, below it the result underflows to zero.
    private const double ExpOverflow = 709.782712893384;
    private const double ExpUnderflow = -745.1332191019412;

    /// <summary>e to the <paramref name="x"/>. Reduction by multiples of ln 2, then the Taylor polynomial of degree 13. NaN gives NaN.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > ExpOverflow) return double.PositiveInfinity;
        if (x < ExpUnderflow) return 0;
        var k = Math.Floor(x * Log2E + 0.5);
        var r = x - k * Ln2High - k * Ln2Low;
        return Scale(ExpPolynomial(r), (int)k);
    }

    /// <summary>
    /// The natural logarithm. The mantissa m is brought to [1/sqrt 2, sqrt 2) and log m = 2 atanh((m - 1) / (m + 1)) summed as a series.
    /// Zero gives negative infinity, a negative number or NaN gives NaN.
    /// </summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;
        var exponent = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            exponent = -54;
        }
        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L);
        if (m > Sqrt2)
        {
            m *= 0.5;
            exponent++;
        }
        return exponent * Ln2High + (LogOfMantissa(m) + exponent * Ln2Low);
    }

    /// <summary>1 / (1 + e^-x), without overflow on either side.</summary>
    public static double Sigmoid(double x)
    {
        if (x >= 0) return 1 / (1 + Exp(-x));
        var e = Exp(x);
        return e / (1 + e);
    }

    /// <summary>log(1 + e^x) without overflow: the log loss of a margin.</summary>
    public static double Softplus(double x) => x > 0 ? x + Log1p(Exp(-x)) : Log1p(Exp(x));

    /// <summary>The softmax of margins, in place; sums go from the first element to the last. An empty span is left alone.</summary>
    public static void Softmax(Span<double> margins)
    {
        if (margins.IsEmpty) return;
        var max = margins[0];
        foreach (var margin in margins) max = margin > max ? margin : max;
        var sum = 0.0;
        for (var k = 0; k < margins.Length; k++)
        {
            margins[k] = Exp(margins[k] - max);
            sum += margins[k];
        }
        for (var k = 0; k < margins.Length; k++) margins[k] /= sum;
    }

    // log(1 + y) for y in [0, 1]: the same series, from y itself so that a small y keeps its digits.
    private static double Log1p(double y) => y < 0.4 ? TwiceAtanh(y / (2 + y)) : Log(1 + y);

    private static double LogOfMantissa(double m) => TwiceAtanh((m - 1) / (m + 1));

    private static double TwiceAtanh(double s)
    {
        var z = s * s;
        var sum = 1.0 / 23;
        for (var n = 21; n >= 1; n -= 2) sum = sum * z + 1.0 / n;
        return 2 * s * sum;
    }

    private static double ExpPolynomial(double r)
    {
        var p = 1.0 / 6227020800;
        p = p * r + 1.0 / 479001600;
        p = p * r + 1.0 / 39916800;
        p = p * r + 1.0 / 3628800;
        p = p * r + 1.0 / 362880;
        p = p * r + 1.0 / 40320;
        p = p * r + 1.0 / 5040;
        p = p * r + 1.0 / 720;
        p = p * r + 1.0 / 120;
        p = p * r + 1.0 / 24;
        p = p * r + 1.0 / 6;
        p = p * r + 0.5;
        return 1 + (r + r * r * p);
    }

    // Two steps, so that a subnormal result is rounded once and 2^1024 is never formed.
    private static double Scale(double value, int exponent)
    {
        var half = exponent / 2;
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
