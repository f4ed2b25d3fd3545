using System.Runtime.InteropServices;

namespace Perennial.Learning.Trees;

/// <summary>
/// The distinct values of a column in ascending order and how often each occurs; missing ones are left out. Columns of small whole numbers
/// and few other values are counted in small tables, others sorted by radix: both are several times faster than a sort by comparison.
/// </summary>
internal static class DistinctValues
{
    // A column with more distinct values than this is sorted. Debug builds give up sooner, so that tests see both.
#if DEBUG
    private const int MostInTable = 16;
#else
    private const int MostInTable = 2048;
#endif
    private const int TableSize = 8192;
    private const int Digits = 3;
    private const int DigitBits = 11;

    /// <summary>Counts the values that are not NaN; zeros of both signs are one value.</summary>
    public static (float[] Values, int[] Counts) Of(ReadOnlySpan<float> values) => CountInTable(values) ?? CountSorted(values);

    private static (float[], int[])? CountInTable(ReadOnlySpan<float> values)
    {
        var keys = new float[TableSize];
        var counts = new int[TableSize];
        var wholes = new int[TableSize];
        var distinct = 0;
        foreach (var value in values)
        {
            // Small whole numbers are their own place.
            var whole = (int)value;
            if ((uint)whole < TableSize && value == whole)
            {
                wholes[whole]++;
                continue;
            }
            if (float.IsNaN(value)) continue;
            var key = value + 0f;
            var slot = (int)(BitConverter.SingleToUInt32Bits(key) * 0x9E3779B1u >> 19);
            while (counts[slot] > 0 && keys[slot] != key) slot = (slot + 1) & (TableSize - 1);
            if (counts[slot]++ > 0) continue;
            keys[slot] = key;
            if (++distinct > MostInTable) return null;
        }
        var (foundValues, foundCounts) = (new List<float>(), new List<int>());
        void Found(float value, int count)
        {
            if (count == 0) return;
            foundValues.Add(value);
            foundCounts.Add(count);
        }
        for (var slot = 0; slot < TableSize; slot++) Found(keys[slot], counts[slot]);
        for (var whole = 0; whole < TableSize; whole++) Found(whole, wholes[whole]);
        var (distinctValues, distinctCounts) = (foundValues.ToArray(), foundCounts.ToArray());
        Array.Sort(distinctValues, distinctCounts);
        return (distinctValues, distinctCounts);
    }

    private static (float[], int[]) CountSorted(ReadOnlySpan<float> values)
    {
        var sorted = Sort(values);
        var (distinct, counts) = (new List<float>(), new List<int>());
        foreach (var value in sorted)
        {
            if (distinct.Count > 0 && distinct[^1] == value) CollectionsMarshal.AsSpan(counts)[^1]++;
            else
            {
                distinct.Add(value);
                counts.Add(1);
            }
        }
        return ([.. distinct], [.. counts]);
    }

    // Least significant digit first. The bits of floats order like integers once negative ones are flipped whole and others get their
    // sign bit set.
    private static float[] Sort(ReadOnlySpan<float> values)
    {
        var (keys, other) = (new uint[values.Length], new uint[values.Length]);
        var count = 0;
        foreach (var value in values)
        {
            if (float.IsNaN(value)) continue;
            var bits = BitConverter.SingleToUInt32Bits(value + 0f);
            keys[count++] = bits ^ ((uint)((int)bits >> 31) | 0x80000000u);
        }
        var starts = new int[1 << DigitBits];
        for (var digit = 0; digit < Digits; digit++)
        {
            var shift = DigitBits * digit;
            Array.Clear(starts);
            foreach (var key in keys.AsSpan(0, count)) starts[(key >> shift) & ((1 << DigitBits) - 1)]++;
            var start = 0;
            foreach (ref var entry in starts.AsSpan()) (entry, start) = (start, start + entry);
            foreach (var key in keys.AsSpan(0, count)) other[starts[(key >> shift) & ((1 << DigitBits) - 1)]++] = key;
            (keys, other) = (other, keys);
        }
        var sorted = new float[count];
        for (var i = 0; i < count; i++)
            sorted[i] = BitConverter.UInt32BitsToSingle(keys[i] ^ ((uint)((int)~keys[i] >> 31) | 0x80000000u));
        return sorted;
    }
}
