using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

/// <summary>Turns cells into a categorical column: the workers' codes become those of all levels in ordinal order.</summary>
internal static class CategoryCells
{
    public static CategoricalColumn Parse(ColumnCells cells)
    {
        var codeOf = new Dictionary<byte[], int>(Utf8Comparer.Instance);
        var codes = HugePages.Advise(GC.AllocateUninitializedArray<int>(cells.Count));
        var ofStore = new int[cells.Stores.Count][];
        for (var worker = 0; worker < ofStore.Length; worker++)
        {
            var dictionary = cells.Stores[worker]?.Dictionary;
            var table = ofStore[worker] = new int[dictionary?.Count + 1 ?? 0];
            if (table.Length > 0) table[0] = CategoricalColumn.Missing;
            for (var code = 1; code < table.Length; code++) table[code] = CodeOf(codeOf, dictionary![code]);
        }
        AddSpelled(cells, codeOf);
        var levels = Rank(codeOf, out var rank);
        foreach (var table in ofStore)
            for (var code = 1; code < table.Length; code++) table[code] = rank[table[code]];
        ColumnParsing.ForParts(cells, (piece, _) =>
        {
            var store = cells.Stores[piece.Worker];
            Fill(store, piece.FirstOfWorker, codes.AsSpan(piece.First, piece.Rows), ofStore[piece.Worker], codeOf, rank);
            store?.Release(piece.FirstOfWorker, piece.Rows);
        });
        return new CategoricalColumn(cells.Name, codes, levels);
    }

    private static int CodeOf(Dictionary<byte[], int> codeOf, ReadOnlySpan<byte> cell)
    {
        var lookup = codeOf.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(cell, out var code)) lookup[cell] = code = codeOf.Count;
        return code;
    }

    /// <summary>Levels that have no code at any worker: there are some only where a column of very many is declared categorical.</summary>
    private static void AddSpelled(ColumnCells cells, Dictionary<byte[], int> codeOf)
    {
        Span<byte> scratch = stackalloc byte[64];
        foreach (var store in cells.Stores)
        {
            foreach (var block in store?.Blocks ?? [])
            {
                if (block.Kind == BlockKind.Codes) continue;
                for (var walk = new CellCursor(store, block.FirstRow, block.Rows, scratch); walk.MoveNext();)
                    if (!walk.IsMissing) CodeOf(codeOf, walk.Cell);
            }
        }
    }

    private static string[] Rank(Dictionary<byte[], int> codeOf, out int[] rank)
    {
        var levels = new string[codeOf.Count];
        foreach (var (cell, code) in codeOf) levels[code] = Encoding.UTF8.GetString(cell);
        var order = new int[levels.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(levels, order, StringComparer.Ordinal);
        rank = new int[levels.Length];
        for (var i = 0; i < order.Length; i++) rank[order[i]] = i;
        return levels;
    }

    private static void Fill(CellStore? store, int first, Span<int> codes, int[] ofStore, Dictionary<byte[], int> codeOf, int[] rank)
    {
        if (store is null)
        {
            codes.Fill(CategoricalColumn.Missing);
            return;
        }
        for (var done = 0; done < codes.Length;)
        {
            var block = store.Blocks[store.BlockOf(first + done)];
            var inBlock = first + done - block.FirstRow;
            var part = codes.Slice(done, Math.Min(codes.Length - done, block.Rows - inBlock));
            if (block.Kind == BlockKind.Codes)
            {
                var from = block.Codes.Slice(inBlock, part.Length);
                for (var i = 0; i < part.Length; i++) part[i] = ofStore[from[i]];
            }
            else FillSpelled(store, first + done, part, codeOf, rank);
            done += part.Length;
        }
    }

    private static void FillSpelled(CellStore store, int first, Span<int> codes, Dictionary<byte[], int> codeOf, int[] rank)
    {
        Span<byte> scratch = stackalloc byte[64];
        var lookup = codeOf.GetAlternateLookup<ReadOnlySpan<byte>>();
        var walk = new CellCursor(store, first, codes.Length, scratch);
        for (var i = 0; walk.MoveNext(); i++) codes[i] = walk.IsMissing ? CategoricalColumn.Missing : rank[lookup[walk.Cell]];
    }
}
