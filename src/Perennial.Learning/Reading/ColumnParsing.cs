using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>Turns cells into a column of a known type. The cells' memory is given back as it goes: they can be read once.</summary>
internal static class ColumnParsing
{
    /// <summary>Parses every cell; one that is not of the type is reported as (row, reason) in order of rows and left missing.</summary>
    /// <param name="type">The type.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="maxBad">More bad cells than this will be refused, so that few more need be reported.</param>
    /// <param name="bad">Told of each bad cell.</param>
    public static Column Parse(ColumnType type, ColumnCells cells, int maxBad, Action<int, string> bad) => type switch
    {
        ColumnType.Numeric => new NumericColumn(cells.Name, Values<double, NumberCells>(cells, maxBad, bad)),
        ColumnType.Boolean => new BooleanColumn(cells.Name, Values<sbyte, BooleanCells>(cells, maxBad, bad)),
        ColumnType.Timestamp => new TimestampColumn(cells.Name, Values<long, TimestampCells>(cells, maxBad, bad)),
        ColumnType.Categorical => CategoryCells.Parse(cells),
        _ => new TextColumn(cells.Name, Strings(cells)),
    };

    /// <summary>true or false in any case; never yes, no, 0 or 1.</summary>
    public static bool TryBoolean(ReadOnlySpan<byte> cell, out sbyte value)
    {
        cell = cell.Trim((byte)' ');
        var isTrue = Ascii.EqualsIgnoreCase(cell, "true"u8);
        value = isTrue ? (sbyte)1 : (sbyte)0;
        return isTrue || Ascii.EqualsIgnoreCase(cell, "false"u8);
    }

    /// <summary>Does something to all rows, on all processors where there are many.</summary>
    public static void ForParts(ColumnCells cells, Action<RowPiece, int> part)
    {
        var parts = Parts(cells);
        if (parts.Count < 2) parts.ForEach(p => part(p, 0));
        else Parallel.For(0, parts.Count, i => part(parts[i], i));
    }

    private static List<RowPiece> Parts(ColumnCells cells) => cells.Rows.Split(cells.PartRows);

    private static T[] Values<T, TCells>(ColumnCells cells, int maxBad, Action<int, string> bad)
        where T : unmanaged
        where TCells : ICellType<T>
    {
        var values = HugePages.Advise(GC.AllocateUninitializedArray<T>(cells.Count));
        var levels = new LevelValues<T, TCells>?[cells.Stores.Count];
        for (var i = 0; i < levels.Length; i++) levels[i] = cells.Stores[i] is { } store ? new LevelValues<T, TCells>(store.Dictionary) : null;
        var parts = new ValuePart<T, TCells>[Parts(cells).Count];
        ForParts(cells, (piece, index) =>
        {
            parts[index] = new ValuePart<T, TCells>(cells.Stores[piece.Worker], levels[piece.Worker], maxBad);
            parts[index].Fill(piece, values.AsSpan(piece.First, piece.Rows));
        });
        foreach (var part in parts)
            foreach (var cell in part.Bad) bad(cell.Row, cell.Reason);
        return values;
    }

    private static string?[] Strings(ColumnCells cells)
    {
        var values = new string?[cells.Count];
        var levels = cells.Stores.Select(s => s is null ? [] : LevelStrings(s.Dictionary)).ToArray();
        ForParts(cells, (piece, _) =>
        {
            Span<byte> scratch = stackalloc byte[64];
            var store = cells.Stores[piece.Worker];
            var walk = new CellCursor(store, piece.FirstOfWorker, piece.Rows, scratch);
            for (var row = piece.First; walk.MoveNext(); row++)
                values[row] = walk.IsMissing ? null : walk.Code > 0 ? levels[piece.Worker][walk.Code - 1] : Encoding.UTF8.GetString(walk.Cell);
            store?.Release(piece.FirstOfWorker, piece.Rows);
        });
        return values;
    }

    private static string[] LevelStrings(CellDictionary dictionary) =>
        [.. Enumerable.Range(1, dictionary.Count).Select(code => Encoding.UTF8.GetString(dictionary[code]))];
}
