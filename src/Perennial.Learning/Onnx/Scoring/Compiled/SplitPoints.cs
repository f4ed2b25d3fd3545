using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// The values that trees compare one feature with, and what belongs to the places between and at them. Place 2i lies below value i and
/// above the one before, place 2i + 1 is value i itself.
/// </summary>
internal sealed class SplitPoints
{
    // Whole numbers up to this are looked up and not searched for.
    private const int MostDirect = 4096;

    private readonly float[] _points;
    private readonly int[] _ofPlace;
    private readonly int[] _direct;

    /// <summary>Takes ascending distinct values, what belongs to the places, and what belongs to a missing value.</summary>
    public SplitPoints(int feature, ReadOnlySpan<float> points, int[] ofPlace, int missing)
    {
        (Feature, _ofPlace, Missing) = (feature, ofPlace, missing);

        // Filled up with NaN, which nothing is above or equal to, so that every search takes the same steps.
        _points = new float[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)points.Length + 1)];
        Array.Fill(_points, float.NaN);
        points.CopyTo(_points);
        _direct = IsWhole(points) ? new int[(int)points[^1] + 2] : [];
        for (var value = 0; value < _direct.Length; value++) _direct[value] = ofPlace[Place(value)];
    }

    /// <summary>The feature.</summary>
    public int Feature { get; }

    /// <summary>What belongs to a missing value.</summary>
    public int Missing { get; }

    /// <summary>What belongs to a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(float x)
    {
        // Where the conversion overflows its result differs between processors, but is nowhere equal to x again.
        var whole = float.ConvertToIntegerNative<int>(x);
        if ((uint)whole < (uint)_direct.Length && whole == x) return _direct[whole];
        return float.IsNaN(x) ? Missing : _ofPlace[Place(x)];
    }

    /// <summary>The place of a value that is not NaN: as many steps without a branch as the number of values has bits.</summary>
    private int Place(float x)
    {
        ref var points = ref MemoryMarshal.GetArrayDataReference(_points);
        var below = 0;
        for (var step = _points.Length >> 1; step > 0; step >>= 1)
            below += Unsafe.Add(ref points, below + step - 1) < x ? step : 0;
        return 2 * below + (Unsafe.Add(ref points, below) == x ? 1 : 0);
    }

    // Codes, hours and other counts have splits at whole numbers or halfway between them.
    private static bool IsWhole(ReadOnlySpan<float> points)
    {
        if (points.IsEmpty || points[0] < -1 || points[^1] < 0 || points[^1] >= MostDirect) return false;
        foreach (var point in points)
            if (2 * point != MathF.Floor(2 * point)) return false;
        return true;
    }
}
