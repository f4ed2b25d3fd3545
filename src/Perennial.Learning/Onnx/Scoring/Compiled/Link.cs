using System.Runtime.Intrinsics;
using Perennial.Learning.Numerics;
using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>From margins to scores, in place, by the functions of the operators.</summary>
internal static class Link
{
    /// <summary>Above this magnitude the vector exponential does not hold.</summary>
    private const float Most = 700;

    /// <summary>A link: margins of some rows and how many there are a row.</summary>
    public delegate void Apply(Span<float> margins, int outputs);

    public static void Identity(Span<float> margins, int outputs)
    {
    }

    public static void Exp(Span<float> margins, int outputs)
    {
        foreach (ref var margin in margins) margin = Elementary.Exp(margin);
    }

    /// <summary>
    /// Four at a time: with e the exponential of the negative magnitude, the sigmoid is 1 / (1 + e) above zero and e / (1 + e) below, which
    /// are the operations of the scalar one.
    /// </summary>
    public static void Sigmoid(Span<float> margins, int outputs)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
            for (; i <= margins.Length - 4; i += 4) SigmoidOfFour(margins.Slice(i, 4));
        for (; i < margins.Length; i++) margins[i] = Elementary.Sigmoid(margins[i]);
    }

    public static void Softmax(Span<float> margins, int outputs)
    {
        var buffer = outputs <= 256 ? stackalloc double[outputs] : new double[outputs];
        for (var start = 0; start < margins.Length; start += outputs)
        {
            var row = margins.Slice(start, outputs);
            for (var k = 0; k < outputs; k++) buffer[k] = row[k];
            DeterministicMath.Softmax(buffer);
            for (var k = 0; k < outputs; k++) row[k] = (float)buffer[k];
        }
    }

    private static void SigmoidOfFour(Span<float> four)
    {
        var x = Vector256.Create((double)four[0], four[1], four[2], four[3]);
        var magnitude = Vector256.Abs(x);

        // False for NaN too.
        if (!Vector256.LessThanOrEqualAll(magnitude, Vector256.Create((double)Most)))
        {
            foreach (ref var margin in four) margin = Elementary.Sigmoid(margin);
            return;
        }
        var e = DeterministicVectors.Exp(-magnitude);
        var above = Vector256.GreaterThanOrEqual(x, Vector256<double>.Zero);
        var sigmoid = Vector256.ConditionalSelect(above, Vector256<double>.One, e) / (Vector256<double>.One + e);
        for (var lane = 0; lane < 4; lane++) four[lane] = (float)sigmoid[lane];
    }
}
