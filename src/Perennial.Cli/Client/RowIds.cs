using Perennial.Cli.Commands;
using Perennial.Core.Registry;

namespace Perennial.Cli.Client;

/// <summary>Takes the ids of predictions from the rows: by their ids predictions meet their labels.</summary>
/// <param name="column">The column that holds them; null where the host is to make them.</param>
/// <param name="named">What names the column: <c>--id</c>, or <c>data.id</c> of the spec, which rows may do without when all do.</param>
/// <param name="signature">What the champion takes; it may be null where the host makes the ids.</param>
public sealed class RowIds(string? column, string named, ModelSignature? signature)
{
    /// <summary>What the spec's key is called.</summary>
    public const string OfSpec = "data.id";

    private bool? _given;
    private InputRow? _first;

    /// <summary>One id a row, taken out of rows that are not to hold it; null where the host makes them.</summary>
    /// <exception cref="UsageException">A row has none, and others have.</exception>
    public IReadOnlyList<string>? Take(IReadOnlyList<InputRow> rows)
    {
        if (column is null) return null;
        // Rows without the column of the spec are rows that nobody will name; a row that lacks it among others is a slip, whichever it is.
        // A table has the column in all rows or in none, so its first row tells what its header does.
        _first ??= rows[0];
        _given ??= named != OfSpec || _first.Values.ContainsKey(column);
        if (_given.Value) return [.. rows.Select(row => Id(row, column))];
        return rows.Any(row => row.Values.ContainsKey(column)) ? throw Lacking(_first, column) : null;
    }

    private string Id(InputRow row, string column)
    {
        var id = row.Values[column]?.ToString() ?? throw Lacking(row, column);
        // An id that is no feature names the row and is not sent as one.
        if (signature!.Inputs.All(input => input.Name != column)) row.Values.Remove(column);
        return id;
    }

    private UsageException Lacking(InputRow row, string column) =>
        new($"{row.Place} has no '{column}', which {named} names.{(named == OfSpec ? " Give it in all rows, or --new-ids to have the host make ids." : "")}");
}
