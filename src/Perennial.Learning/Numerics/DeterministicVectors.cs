using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Numerics;

/// <summary>Functions of <see cref="DeterministicMath"/> on four lanes: the same operations in the same order, so the same bits.</summary>
internal static class DeterministicVectors
{
    // Adding 1.5 * 2^52 leaves a whole number in the low bits of the mantissa.
    private const double Magic = 6755399441055744.0;

    /// <summary>
    /// e to the <paramref name="x"/> for magnitudes up to 700, where neither x nor the result leaves the normal range: there one
    /// multiplication with a power of two is as exact as the two of <see cref="DeterministicMath.Exp"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        var k = Vector256.Floor(x * DeterministicMath.Log2E + Vector256.Create(0.5));
        var r = x - k * DeterministicMath.Ln2High - k * DeterministicMath.Ln2Low;
        var p = Vector256.Create(1.0 / 6227020800);
        p = p * r + Vector256.Create(1.0 / 479001600);
        p = p * r + Vector256.Create(1.0 / 39916800);
        p = p * r + Vector256.Create(1.0 / 3628800);
        p = p * r + Vector256.Create(1.0 / 362880);
        p = p * r + Vector256.Create(1.0 / 40320);
        p = p * r + Vector256.Create(1.0 / 5040);
        p = p * r + Vector256.Create(1.0 / 720);
        p = p * r + Vector256.Create(1.0 / 120);
        p = p * r + Vector256.Create(1.0 / 24);
        p = p * r + Vector256.Create(1.0 / 6);
        p = p * r + Vector256.Create(0.5);
        var value = Vector256<double>.One + (r + r * r * p);
        return value * ((ToIntegers(k) + Vector256.Create(1023L)) << 52).AsDouble();
    }

    /// <summary>Whole numbers of a magnitude below 2^51 as integers.</summary>
    public static Vector256<long> ToIntegers(Vector256<double> whole) =>
        (whole + Vector256.Create(Magic)).AsInt64() - Vector256.Create(BitConverter.DoubleToInt64Bits(Magic));

    /// <summary>Integers below 2^31 as doubles.</summary>
    public static Vector256<double> ToDoubles(Vector128<uint> values)
    {
        var (low, high) = Vector128.Widen(values);
        return (Vector256.Create(low, high).AsInt64() + Vector256.Create(BitConverter.DoubleToInt64Bits(Magic))).AsDouble() - Vector256.Create(Magic);
    }
}
