using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// A plain decimal such as <c>-12.50</c> in 64 bits without loss of its spelling: the sign in bit 63, how many digits follow the point
/// in bits 58 to 62, all digits as one integer below. What is spelled otherwise (a plus, an exponent, zeros in front, no digit before
/// the point, spaces) is not packed.
/// </summary>
internal static class PackedDecimal
{
    /// <summary>The most bytes of a spelling.</summary>
    public const int MaxLength = 34;

    private const int ScaleShift = 58, MaxScale = 30;
    private const ulong MaxDigits = (1UL << ScaleShift) - 1;
    private const double LargestExact = 1L << 53;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    // 5 to the power of -s is just above Reciprocals[s] times 2 to the power of -ReciprocalShifts[s], and has 64 bits.
    private static readonly int[] ReciprocalShifts = [.. Enumerable.Range(0, MaxScale + 1).Select(s => 63 + (int)(BigInteger.Pow(5, s) - 1).GetBitLength())];
    private static readonly ulong[] Reciprocals =
        [.. Enumerable.Range(0, MaxScale + 1).Select(s => (ulong)((BigInteger.One << ReciprocalShifts[s]) / BigInteger.Pow(5, s)))];

    public static bool TryParse(ReadOnlySpan<byte> cell, out long packed)
    {
        packed = 0;
        var negative = cell is [(byte)'-', ..];
        var digits = negative ? cell[1..] : cell;
        if (digits.Length is 0 or > MaxLength - 1 || (digits[0] == '0' && digits.Length > 1 && digits[1] != '.')) return false;
        ulong value = 0;
        var point = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (uint)digits[i] - '0';
            if (digit <= 9)
            {
                value = value * 10 + digit;
                if (value > MaxDigits) return false;
            }
            else if (digits[i] == '.' && point < 0 && i > 0) point = i;
            else return false;
        }
        var scale = point < 0 ? 0 : digits.Length - point - 1;
        if (scale > MaxScale || (point >= 0 && scale == 0)) return false;
        packed = (long)(value | ((ulong)scale << ScaleShift) | (negative ? 1UL << 63 : 0));
        return true;
    }

    /// <summary>The nearest double to an integer divided by a power of ten; false where the two do not pack.</summary>
    public static bool TryDivide(long unscaled, int scale, out double value)
    {
        var digits = unscaled < 0 ? 0UL - (ulong)unscaled : (ulong)unscaled;
        var packs = digits <= MaxDigits && scale <= MaxScale;
        value = packs ? ToDouble((long)(digits | ((ulong)scale << ScaleShift) | (unscaled < 0 ? 1UL << 63 : 0))) : 0;
        return packs;
    }

    /// <summary>The nearest double, as <see cref="double.Parse(string)"/> gives it.</summary>
    public static double ToDouble(long packed)
    {
        var (digits, scale) = ((ulong)packed & MaxDigits, (int)((ulong)packed >> ScaleShift) & 31);

        // Both are doubles without error, and division rounds correctly (Clinger, "How to read floating point numbers accurately", 1990).
        if (digits <= LargestExact && scale < PowersOfTen.Length)
        {
            var magnitude = digits / PowersOfTen[scale];
            return packed < 0 ? -magnitude : magnitude;
        }
        if (TryScale(digits, scale, out var scaled)) return packed < 0 ? -scaled : scaled;
        Span<byte> text = stackalloc byte[MaxLength];
        return double.Parse(text[..Format(packed, text)], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The nearest double to digits / 10^scale from one product of 64 by 64 bits (the first step of D. Lemire, "Number parsing at a
    /// gigabyte per second", Software: Practice and Experience 2021). Both the reciprocal and the product are cut off, by less than one
    /// unit of the product's upper half each; where two units more could round otherwise, false.
    /// </summary>
    private static bool TryScale(ulong digits, int scale, out double value)
    {
        var zeros = BitOperations.LeadingZeroCount(digits);
        var product = Math.BigMul(digits << zeros, Reciprocals[scale], out _);
        var shift = product >> 63 == 1 ? 11 : 10;
        var (rest, half) = (product & ((1UL << shift) - 1), 1UL << (shift - 1));
        value = 0;
        if (rest == half || rest == half - 1) return false;
        var mantissa = (product >> shift) + (rest > half ? 1UL : 0);
        var exponent = shift + 64 - zeros - ReciprocalShifts[scale] - scale;
        value = mantissa * BitConverter.Int64BitsToDouble((1023L + exponent) << 52);
        return true;
    }

    /// <summary>Writes the spelling that was parsed, and gives its length.</summary>
    public static int Format(long packed, Span<byte> text)
    {
        var (digits, scale) = ((ulong)packed & MaxDigits, (int)((ulong)packed >> ScaleShift) & 31);
        var length = 0;
        if (packed < 0) text[length++] = (byte)'-';
        Utf8Formatter.TryFormat(digits, text[length..], out var written, new System.Buffers.StandardFormat('D', (byte)(scale + 1)));
        length += written;
        if (scale == 0) return length;
        text[(length - scale)..length].CopyTo(text[(length - scale + 1)..]);
        text[length - scale] = (byte)'.';
        return length + 1;
    }
}
