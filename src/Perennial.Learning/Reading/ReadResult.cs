using Perennial.Learning.Frames;

namespace Perennial.Learning.Reading;

/// <summary>What a reader made of a file.</summary>
/// <param name="Frame">The good rows, in the file's order; at least one.</param>
/// <param name="BadRows">The rows left out, by line; never more than <see cref="ReadOptions.MaxBadRows"/>.</param>
/// <param name="Columns">One report a column of the frame, in its order.</param>
public sealed record ReadResult(Frame Frame, IReadOnlyList<BadRow> BadRows, IReadOnlyList<ColumnReport> Columns);

/// <summary>A row that was left out.</summary>
/// <param name="Line">The line on which the row begins, counted from 1 with the header; in a format without lines the row, from 1.</param>
/// <param name="Column">The column at fault, where there is one.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record BadRow(long Line, string? Column, string Reason)
{
    /// <summary>The kind of fault in kebab-case, e.g. <c>ragged-row</c> or <c>bad-cell</c>.</summary>
    public string Code { get; init; } = "bad-row";
}

/// <summary>Why a column has its type.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Missing">How many of its cells are missing.</param>
/// <param name="Distinct">How many distinct strings it holds; null where there are more than were counted.</param>
/// <param name="Reason">One sentence, e.g. <c>numeric: all 7,164 values parse; 2,836 missing</c>.</param>
/// <param name="Hints">What a person may want to change, e.g. a value that looks like a token for missing.</param>
public sealed record ColumnReport(
    string Column, ColumnType Type, int Missing, int? Distinct, string Reason, IReadOnlyList<string> Hints);
