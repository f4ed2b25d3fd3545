using System.Globalization;

namespace Perennial.Learning.Reading;

/// <summary>
/// A file that cannot be read. The message names file, line and column where known and says what to do;
/// <see cref="Exception.Source"/> is <see cref="ReadOptions.Source"/>.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Composes the message from its parts.</summary>
    /// <param name="source">The file.</param>
    /// <param name="code">The kind of fault in kebab-case.</param>
    /// <param name="what">What is wrong and what to do, as sentences.</param>
    /// <param name="line">The line, counted from 1 with the header; null where the fault has none.</param>
    /// <param name="column">The column's name; null where the fault has none.</param>
    /// <param name="unit">What the file's lines are called: rows in a format without lines, counted from 1.</param>
    public DataFormatException(string source, string code, string what, long? line = null, string? column = null, string unit = "line")
        : base(Compose(source, what, line, column, unit))
    {
        Source = source;
        Code = code;
        Line = line;
        Column = column;
    }

    /// <summary>The kind of fault in kebab-case, e.g. <c>unclosed-quote</c>.</summary>
    public string Code { get; }

    /// <summary>The line, counted from 1 with the header, or in a format without lines the row; null where the fault has none.</summary>
    public long? Line { get; }

    /// <summary>The column's name; null where the fault has none.</summary>
    public string? Column { get; }

    private static string Compose(string source, string what, long? line, string? column, string unit)
    {
        var place = line is { } number ? $"{source}, {unit} {number.ToString("N0", CultureInfo.InvariantCulture)}" : source;
        return column is null ? $"{place}: {what}" : $"{place}, column '{column}': {what}";
    }
}
