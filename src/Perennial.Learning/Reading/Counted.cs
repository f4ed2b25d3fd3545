using System.Globalization;
using System.Text;

namespace Perennial.Learning.Reading;

/// <summary>Pieces of messages.</summary>
internal static class Counted
{
    private const int Shown = 40;

    /// <summary>"none missing", "1 missing", "2,836 missing".</summary>
    public static string Of(int count, string what) =>
        count == 0 ? $"none {what}" : $"{count.ToString("N0", CultureInfo.InvariantCulture)} {what}";

    /// <summary>A cell in quotes, cut where it is long.</summary>
    public static string Quote(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell.Length > 4 * Shown ? cell[..(4 * Shown)] : cell).ReplaceLineEndings("⏎");
        return text.Length > Shown ? $"'{text[..Shown]}…'" : $"'{text}'";
    }
}
