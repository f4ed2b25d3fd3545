using System.Globalization;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

/// <summary>
/// Numbers as files spell them: digits with an optional sign (a leading plus too), a decimal point and an exponent, in the invariant
/// culture, spaces around them allowed. <c>nan</c> and <c>inf</c> in any spelling are no finite numbers; thousands separators,
/// currency and percent signs are refused.
/// </summary>
internal static class NumberParsing
{
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryParse(ReadOnlySpan<byte> cell, out double value)
    {
        if (PackedDecimal.TryParse(cell, out var packed))
        {
            value = PackedDecimal.ToDouble(packed);
            return true;
        }
        cell = cell.Trim((byte)' ');
        var digits = cell is [(byte)'+' or (byte)'-', ..] ? cell[1..] : cell;
        value = 0;
        // The first test keeps out the words that double.Parse knows.
        return digits is [(byte)'.' or (>= (byte)'0' and <= (byte)'9'), ..]
            && double.TryParse(cell, Styles, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>Why a cell is not a number, for a person.</summary>
    public static string Explain(ReadOnlySpan<byte> cell)
    {
        var text = System.Text.Encoding.UTF8.GetString(cell.Length > 400 ? cell[..400] : cell).Trim();
        var quoted = Counted.Quote(cell);
        if (text.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity" or "∞" or "1.#inf" or "1.#qnan")
            return $"{quoted} is not a finite number; if it stands for a missing value, declare it as a missing token";
        if (double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value) && !double.IsFinite(value))
            return $"{quoted} is too large for a 64-bit number";
        if (text.Length > 0 && char.IsAsciiDigit(text[^1])
            && double.TryParse(text.Replace(",", "").Replace("'", "").Replace(" ", "").Replace("_", ""), Styles, CultureInfo.InvariantCulture, out _))
            return $"{quoted} looks like a number with separators or a decimal comma; write it with digits and a decimal point only";
        return $"{quoted} is not a number";
    }
}
