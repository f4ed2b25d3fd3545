using System.Runtime.CompilerServices;
using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>The values of a dictionary's codes, each parsed once.</summary>
internal sealed class LevelValues<T, TCells>
    where TCells : ICellType<T>
{
    private readonly bool[] _bad;

    public LevelValues(CellDictionary dictionary)
    {
        Values = new T[dictionary.Count + 1];
        _bad = new bool[Values.Length];
        Values[0] = TCells.Missing;
        for (var code = 1; code < Values.Length; code++)
        {
            if (TCells.TryParse(dictionary[code], out Values[code])) continue;
            (Values[code], _bad[code], AnyBad) = (TCells.Missing, true, true);
        }
    }

    /// <summary>By code; missing at 0 and where the cell is not of the type.</summary>
    public T[] Values { get; }

    public bool AnyBad { get; }

    public bool IsBad(int code) => _bad[code];
}

/// <summary>A cell that is not of its column's type.</summary>
/// <param name="Row">The row of the file.</param>
/// <param name="Reason">Why it is not, for a person.</param>
internal sealed record BadCell(int Row, string Reason);

/// <summary>Turns some of a worker's rows into values.</summary>
internal sealed class ValuePart<T, TCells>(CellStore? store, LevelValues<T, TCells>? levels, int maxBad)
    where TCells : ICellType<T>
{
    /// <summary>The cells that are not of the type, by row of the file.</summary>
    public List<BadCell> Bad { get; } = [];

    public void Fill(RowPiece piece, Span<T> values)
    {
        if (store is null)
        {
            values.Fill(TCells.Missing);
            return;
        }
        for (var done = 0; done < piece.Rows;)
        {
            var block = store.Blocks[store.BlockOf(piece.FirstOfWorker + done)];
            var first = piece.FirstOfWorker + done - block.FirstRow;
            var rows = Math.Min(piece.Rows - done, block.Rows - first);
            Fill(block, first, piece.First + done, values.Slice(done, rows));
            block.Release(rows);
            done += rows;
        }
    }

    private void Fill(CellBlock block, int first, int fileRow, Span<T> values)
    {
        if (block.Kind == BlockKind.Codes)
        {
            Look(block.Codes.Slice(first, values.Length), levels!.Values, values);
            if (levels.AnyBad) WalkBad(block.Codes.Slice(first, values.Length), fileRow);
        }
        else if (block.Kind != BlockKind.Text && TCells.TryConvert(block.Kind, block.Values.Slice(first, values.Length), values))
        {
            FillOthers(block, first, fileRow, values);
        }
        else WalkAll(block, first, fileRow, values);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Look(ReadOnlySpan<ushort> codes, T[] table, Span<T> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = table[codes[i]];
    }

    private void WalkAll(CellBlock block, int first, int fileRow, Span<T> values)
    {
        Span<byte> scratch = stackalloc byte[64];
        var walk = new CellCursor(store, block.FirstRow + first, values.Length, scratch);
        for (var i = 0; walk.MoveNext(); i++)
        {
            if (walk.IsMissing) values[i] = TCells.Missing;
            else if (!TCells.TryParse(walk.Cell, out values[i])) SetBad(walk.Cell, fileRow + i, out values[i]);
        }
    }

    /// <summary>Only codes whose cell is not of the type; they were set to missing so far.</summary>
    private void WalkBad(ReadOnlySpan<ushort> codes, int fileRow)
    {
        for (var i = 0; i < codes.Length; i++)
            if (levels!.IsBad(codes[i])) SetBad(store!.Dictionary[codes[i]], fileRow + i, out _);
    }

    /// <summary>Only cells that the block's kind cannot spell; they were set to missing so far.</summary>
    private void FillOthers(CellBlock block, int first, int fileRow, Span<T> values)
    {
        foreach (var (index, cell) in block.Others)
        {
            var i = index - first;
            if (i >= 0 && i < values.Length && !TCells.TryParse(cell, out values[i])) SetBad(cell, fileRow + i, out values[i]);
        }
    }

    private void SetBad(ReadOnlySpan<byte> cell, int row, out T value)
    {
        value = TCells.Missing;
        // One more than allowed would do; the rest is for the message.
        if (Bad.Count < maxBad + 16L) Bad.Add(new BadCell(row, TCells.Explain(cell)));
    }
}
