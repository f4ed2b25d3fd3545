using System.Text;
using Perennial.Learning.Frames;

namespace Perennial.Learning.Reading;

/// <summary>Writes a frame as RFC 4180 CSV in UTF-8 with LF line ends, such that <see cref="CsvReader"/> with the frame's schema reads the same frame.</summary>
public static class CsvWriter
{
    /// <summary>Writes header and rows; the stream is left open.</summary>
    /// <param name="frame">The frame; at least one column.</param>
    /// <param name="utf8">Where to.</param>
    /// <param name="delimiter">What parts the cells.</param>
    /// <param name="missing">What a missing value is written as.</param>
    /// <exception cref="ArgumentException">
    /// A value would not come back: it equals <paramref name="missing"/>, or holds a NUL or half of a surrogate pair.
    /// </exception>
    public static void Write(Frame frame, Stream utf8, char delimiter = ',', string missing = "")
    {
        using var writer = new StreamWriter(utf8, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        writer.NewLine = "\n";
        var special = new[] { delimiter, '"', '\r', '\n' };
        // An empty line is no row, so a lone empty cell is quoted.
        var alone = frame.Columns.Count == 1;
        WriteRow(writer, frame.Columns.Select(c => Checked(c.Name, c.Name)), delimiter, special, alone);
        for (var row = 0; row < frame.RowCount; row++)
            WriteRow(writer, frame.Columns.Select(c => Cell(c, row, missing)), delimiter, special, alone);
    }

    private static string Cell(Column column, int row, string missing)
    {
        if (column.Format(row) is not { } text) return missing;
        if (text == missing)
            throw new ArgumentException($"Column '{column.Name}' holds '{missing}', the mark of a missing value; choose another mark.");
        return Checked(text, column.Name);
    }

    private static string Checked(string text, string column)
    {
        if (text.Contains('\0')) throw new ArgumentException($"Column '{column}' holds a NUL, which no reader accepts.");
        if (!IsWellFormed(text)) throw new ArgumentException($"Column '{column}' holds half of a surrogate pair, which UTF-8 cannot carry.");
        return text;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }

    private static void WriteRow(StreamWriter writer, IEnumerable<string> cells, char delimiter, char[] special, bool alone)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first) writer.Write(delimiter);
            first = false;
            var quoted = cell.AsSpan().IndexOfAny(special) >= 0 || cell.StartsWith('\uFEFF') || (alone && cell.Length == 0);
            writer.Write(quoted ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell);
        }
        writer.WriteLine();
    }
}
