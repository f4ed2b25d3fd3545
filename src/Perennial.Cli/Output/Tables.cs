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
        foreach (var header in headers) table.AddColumn(new TableColumn(Markup.Escape(header)) { Padding = new Padding(1, 0, 1, 0) });
        foreach (var row in all) table.AddRow([.. row.Select(cell => new Text(cell))]);
        terminal.Out.Write(table);
    }

    /// <summary>Writes rows of cells in aligned columns without a frame, the last cell wrapped under itself. Cells are markup.</summary>
    public static void Aligned(Terminal terminal, IEnumerable<string[]> rows)
    {
        var all = rows.ToArray();
        if (terminal.Json || all.Length == 0) return;
        if (!terminal.Interactive)
        {
            // No width to wrap at, so no padding behind the last cell either.
            var plain = all.Select(row => row.Select(Markup.Remove).ToArray()).ToArray();
            var widths = plain[0].Select((_, i) => plain.Max(row => row[i].Length)).ToArray();
            foreach (var row in plain) terminal.Text("  " + string.Join("  ", row.Select((cell, i) => i < row.Length - 1 ? cell.PadRight(widths[i]) : cell)));
            return;
        }
        var grid = new Grid();
        for (var i = 0; i < all[0].Length; i++)
            grid.AddColumn(new GridColumn { NoWrap = i < all[0].Length - 1, Padding = new Padding(i == 0 ? 2 : 0, 0, i < all[0].Length - 1 ? 2 : 0, 0) });
        foreach (var row in all) grid.AddRow([.. row.Select(cell => new Markup(cell))]);
        terminal.Out.Write(grid);
    }
}
