using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Tests.Numerics;

public class DeterministicMathTests
{
    [Fact]
    public void Exp_agrees_with_the_platform_to_fourteen_digits() =>
        Sweep(-708, 709, x => AssertRelative(Math.Exp(x), DeterministicMath.Exp(x)));

    [Fact]
    public void Log_agrees_with_the_platform_to_fourteen_digits() =>
        Sweep(-700, 700, x => AssertRelative(x, DeterministicMath.Log(Math.Exp(x))));

    [Fact]
    public void Log_is_exact_to_the_last_digits_near_one() =>
        Sweep(0.5, 2, x => Assert.True(Math.Abs(Math.Log(x) - DeterministicMath.Log(x)) <= 1e-15 * Math.Max(0.05, Math.Abs(Math.Log(x))), $"{x:R}"));

    [Fact]
    public void Softplus_agrees_with_the_definition_and_keeps_its_digits_far_from_zero()
    {
        // The definition itself loses digits: 1 + e^x is rounded, so the comparison is absolute.
        Sweep(-30, 30, x => Assert.Equal(Math.Log(1 + Math.Exp(x)), DeterministicMath.Softplus(x), 2e-14));
        AssertRelative(Math.Exp(-30), DeterministicMath.Softplus(-30), 1e-12);
        Assert.Equal(800, DeterministicMath.Softplus(800));
    }

    [Theory]
    [InlineData(1000, double.PositiveInfinity)]
    [InlineData(-1000, 0)]
    [InlineData(0, 1)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.NaN, double.NaN)]
    public void Exp_has_the_limits_of_the_function(double x, double expected) => Assert.Equal(expected, DeterministicMath.Exp(x));

    [Theory]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(-1, double.NaN)]
    [InlineData(1, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void Log_has_the_limits_of_the_function(double x, double expected) => Assert.Equal(expected, DeterministicMath.Log(x));

    [Fact]
    public void Subnormal_numbers_keep_their_size()
    {
        Assert.Equal(5e-324, DeterministicMath.Exp(-744.4));
        AssertRelative(Math.Log(5e-324), DeterministicMath.Log(5e-324));
        Assert.Equal(Math.Exp(-730), DeterministicMath.Exp(-730), 1e-320);
    }

    // The bits themselves, so that a change of compiler, runtime or processor that changes them is seen.
    [Fact]
    public void The_bits_are_the_same_everywhere()
    {
        var hash = 14695981039346656037UL;
        Sweep(-40, 40, x => hash = Mix(Mix(Mix(hash, DeterministicMath.Exp(x)), DeterministicMath.Log(Math.Abs(x) + 0.25)), DeterministicMath.Sigmoid(x)));
        Assert.Equal(17216816930440571453UL, hash);
    }

    [Fact]
    public void Sigmoid_is_symmetric_and_saturates_without_overflow()
    {
        Prop.ForAll<int>(n => Math.Abs(DeterministicMath.Sigmoid(n / 100.0) + DeterministicMath.Sigmoid(-n / 100.0) - 1) < 1e-15)
            .QuickCheckThrowOnFailure();
        Assert.Equal(1, DeterministicMath.Sigmoid(1e308));
        Assert.Equal(0, DeterministicMath.Sigmoid(-1e308));
        Assert.Equal(0.5, DeterministicMath.Sigmoid(0));
    }

    [Fact]
    public void Softmax_sums_to_one_and_ignores_a_common_shift()
    {
        double[] margins = [1000, 1001, 999];
        DeterministicMath.Softmax(margins);
        Assert.Equal(1, margins.Sum(), 1e-15);
        Assert.Equal(0.66524095577, margins[1], 1e-10);
        DeterministicMath.Softmax([]);
    }

    private static ulong Mix(ulong hash, double value) => (hash ^ BitConverter.DoubleToUInt64Bits(value)) * 1099511628211UL;

    private static void Sweep(double low, double high, Action<double> check)
    {
        for (var i = 0; i <= 20_000; i++) check(low + (high - low) * i / 20_000);
    }

    private static void AssertRelative(double expected, double actual, double tolerance = 1e-14) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{actual:R} is not {expected:R}");
}
