using Spectre.Console;

namespace Perennial.Cli.Output;

/// <summary>Tables for people.</summary>
public static class Tables
{
    /// <summary>Writes a table, or what there is to say when it is empty.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<string> headers, IEnumerable<string[]> rows, string empty)
    {
        var all = rows.ToArray();
        if (all.Length == 0)
        {
            terminal.Text(empty);
            return;
        }
        var table = new Table { Border = TableBorder.Simple };
        foreach (var header in headers) table.AddColumn(new TableColumn(Markup.Escape(header)));
        foreach (var row in all) table.AddRow([.. row.Select(cell => new Text(cell))]);
        terminal.Out.Write(table);
    }
}
