using Perennial.Learning.Features;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>A feature that follows from one number, without tensors; the same float32 operations as its nodes.</summary>
internal abstract class NumberEncoder
{
    /// <summary>The feature; NaN is a missing number.</summary>
    public abstract float Of(float x);
}

/// <summary>A missing number replaced, then (x - mean) * scale.</summary>
internal sealed class ScaledNumber(float fill, float mean, float scale) : NumberEncoder
{
    public override float Of(float x) => ((float.IsNaN(x) ? fill : x) - mean) * scale;
}

/// <summary>1 where the number is missing, else 0.</summary>
internal sealed class MissingNumber : NumberEncoder
{
    public override float Of(float x) => float.IsNaN(x) ? 1 : 0;
}

/// <summary>1 where the number is another one, else 0.</summary>
internal sealed class EqualNumber(float value) : NumberEncoder
{
    public override float Of(float x) => x == value ? 1 : 0;
}

/// <summary>A feature that follows from one instant.</summary>
/// <param name="part">Which part of the calendar; null for whether the instant is missing.</param>
/// <param name="missing">The feature of a missing instant.</param>
internal sealed class InstantEncoder(CalendarPart? part, float missing)
{
    /// <summary>The feature of an instant as the graph's input holds it: UTC seconds since 1970.</summary>
    public float Of(long seconds)
    {
        if (seconds == OnnxContract.MissingSeconds) return missing;
        return part is { } known ? FeatureEncoding.PartOf(InputBinding.TicksOf(seconds), known) : 0;
    }
}

/// <summary>A feature and where it stands among all of a row.</summary>
internal readonly record struct Placed<T>(T Encoder, int Position);
