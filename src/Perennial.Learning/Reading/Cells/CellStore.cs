using System.Numerics;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// The cells of one column that one worker read, before their type is known: as codes of a dictionary while there are few distinct
/// ones, so that each is parsed once; after that as decimals, timestamps or bytes, a block at a time by what its first cell is.
/// </summary>
internal sealed class CellStore(ColumnShare share, BlockMemory memory) : IDisposable
{
    // Blocks double up to the largest, so that thousands of columns of a few rows take little.
    private readonly int _firstBlock = Math.Min(64, share.LargestBlock / 4);

    private readonly List<CellBlock> _blocks = [];
    private CellBlock? _last;

    /// <summary>The number of rows so far.</summary>
    public int Count { get; private set; }

    public int Missing { get; private set; }

    /// <summary>The first row of each kind of cell, in order of appearance.</summary>
    public List<(CellKinds Kind, int Row)> Kinds { get; } = [];

    /// <summary>The distinct cells of the coded rows; of all rows unless the share has overflowed.</summary>
    public CellDictionary Dictionary { get; } = new();

    public IReadOnlyList<CellBlock> Blocks => _blocks;

    public void AddMissing()
    {
        Missing++;
        var block = _last is { Kind: BlockKind.Text, Room: > 0 } ? _last : Coding ? Room(BlockKind.Codes) : Room(BlockKind.Undecided);
        switch (block.Kind)
        {
            case BlockKind.Codes:
                block.Codes[block.Rows] = 0;
                break;
            case BlockKind.Text:
                block.Text!.Add([], missing: true);
                break;
            default:
                block.Values[block.Rows] = CellBlock.Missing;
                break;
        }
        Advance(block, 1);
    }

    public void Add(ReadOnlySpan<byte> cell, CellKinds kind)
    {
        if (share.IsMissing(cell))
        {
            AddMissing();
            return;
        }
        Note(kind);
        if (Coding && CodeOf(cell) is > 0 and var code)
        {
            var block = Room(BlockKind.Codes);
            block.Codes[block.Rows] = (ushort)code;
            Advance(block, 1);
        }
        else AddSpelled(cell);
    }

    /// <summary>Whether cells still get codes.</summary>
    public bool Coding => !share.Overflowed;

    /// <summary>Adds cells that have codes already.</summary>
    public void Add(ReadOnlySpan<ushort> codes, CellKinds kind)
    {
        if (!codes.IsEmpty) Note(kind);
        while (!codes.IsEmpty)
        {
            var block = Room(BlockKind.Codes);
            var some = Math.Min(block.Room, codes.Length);
            codes[..some].CopyTo(block.Codes[block.Rows..]);
            Advance(block, some);
            codes = codes[some..];
        }
    }

    /// <summary>Adds the same column of many rows.</summary>
    public void Add(in CellBatch batch)
    {
        for (var row = 0; row < batch.Rows;)
        {
            var before = Count;
            if (Coding) AddCodes(batch, row);
            else if (_last is { Room: > 0 } && share.Tokens.Count == 0) AddValues(batch, row, _last);
            row += Count - before;
            if (row == batch.Rows) return;

            // The one that stopped the run: missing, of another spelling, or in need of another block.
            Add(batch.Cell(row++), CellKinds.Plain);
        }
    }

    /// <summary>The block that holds a row.</summary>
    public int BlockOf(int row)
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_blocks[middle].FirstRow <= row) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// <summary>Says that these rows are in their column for good.</summary>
    public void Release(int first, int rows)
    {
        while (rows > 0)
        {
            var block = _blocks[BlockOf(first)];
            var some = Math.Min(rows, block.FirstRow + block.Rows - first);
            block.Release(some);
            (first, rows) = (first + some, rows - some);
        }
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
    }

    private void Note(CellKinds kind)
    {
        foreach (var (known, _) in Kinds)
            if (known == kind) return;
        Kinds.Add((kind, Count));
    }

    /// <summary>The code of a cell, a new one if need be; 0 when there are too many.</summary>
    private int CodeOf(ReadOnlySpan<byte> cell)
    {
        var code = Dictionary.Find(cell);
        if (code > 0) return code;
        if (Dictionary.Count < share.CodeLimit && !Dictionary.IsFull && !IsFutile(cell)) return Dictionary.Add(cell, Count);
        if (Dictionary.Count < share.DistinctLimit) share.Uncounted = true;
        share.Overflowed = true;
        return 0;
    }

    /// <summary>
    /// Whether codes are no use: of the first cells hardly one was there before, so that there will be more than are counted, and they
    /// are such as take no more by themselves but are slow to look up.
    /// </summary>
    private bool IsFutile(ReadOnlySpan<byte> cell)
    {
        var distinct = Dictionary.Count;
        return distinct >= share.CodingTrial && BitOperations.IsPow2(distinct) && 32 * (Count - Missing - distinct) <= distinct
            && cell.Length > sizeof(ulong) && (PackedDecimal.TryParse(cell, out _) || TimestampLayout.Of(cell) is not null);
    }

    /// <summary>Adds rows as codes until a cell is long or new or the block is full.</summary>
    private void AddCodes(in CellBatch batch, int first)
    {
        var block = Room(BlockKind.Codes);
        var missing = 0;
        var rows = batch.Codes(first, block.Codes[block.Rows..], Dictionary, share, ref missing);
        if (rows > missing) Note(CellKinds.Plain);
        Missing += missing;
        Advance(block, rows);
    }

    /// <summary>Adds rows as the block's values until one is of another spelling or the block is full.</summary>
    private void AddValues(in CellBatch batch, int first, CellBlock block)
    {
        if (block.Kind == BlockKind.Timestamps) Advance(block, batch.Timestamps(first, block.Values[block.Rows..], block.Layout!));
        else if (block.Kind == BlockKind.Decimals) Advance(block, batch.Decimals(first, block.Values[block.Rows..]));
    }

    /// <summary>Adds a cell without a code.</summary>
    private void AddSpelled(ReadOnlySpan<byte> cell)
    {
        var block = Room(BlockKind.Undecided);
        if (block.Kind == BlockKind.Undecided) block = Decide(block, cell);
        if (block.Kind != BlockKind.Text && !TryValue(block, cell, out block.Values[block.Rows]))
        {
            if (block.Others.Count > 4 + block.Rows / 8) block = ToText(block);
            else
            {
                block.Others.Add((block.Rows, cell.ToArray()));
                block.Values[block.Rows] = CellBlock.Other;
            }
        }
        if (block.Kind == BlockKind.Text) block.Text!.Add(cell, missing: false);
        Advance(block, 1);
    }

    private static bool TryValue(CellBlock block, ReadOnlySpan<byte> cell, out long value)
    {
        if (block.Kind == BlockKind.Decimals) return PackedDecimal.TryParse(cell, out value);
        value = 0;
        if (cell.Length != block.Layout!.Length) return false;
        Span<byte> padded = stackalloc byte[TimestampLayout.MaxLength + 16];
        cell.CopyTo(padded);
        return block.Layout.TryParse(ref padded[0], cell.Length, out value);
    }

    private CellBlock Decide(CellBlock block, ReadOnlySpan<byte> cell)
    {
        if (PackedDecimal.TryParse(cell, out _)) block.Kind = BlockKind.Decimals;
        else if (TimestampLayout.Of(cell) is { } layout) (block.Kind, block.Layout) = (BlockKind.Timestamps, layout);
        else return ToText(block);
        return block;
    }

    /// <summary>The last block made one of text.</summary>
    private CellBlock ToText(CellBlock block)
    {
        var text = new CellBlock(BlockKind.Text, block.FirstRow, block.Rows + block.Room, memory);
        Span<byte> scratch = stackalloc byte[64];
        for (var cells = new CellCursor(this, block.FirstRow, block.Rows, scratch); cells.MoveNext();) text.Text!.Add(cells.Cell, cells.IsMissing);
        text.Advance(block.Rows);
        block.Dispose();
        return _blocks[^1] = _last = text;
    }

    /// <summary>The last block where it has room and is of the family, codes or not; else a new one of the kind.</summary>
    private CellBlock Room(BlockKind kind)
    {
        if (_last is { Room: > 0 } && (_last.Kind == BlockKind.Codes) == (kind == BlockKind.Codes)) return _last;
        var capacity = Math.Min(share.LargestBlock, _firstBlock << Math.Min(_blocks.Count, 20));
        _last = new CellBlock(kind, Count, capacity, memory);
        _blocks.Add(_last);
        return _last;
    }

    private void Advance(CellBlock block, int rows)
    {
        block.Advance(rows);
        Count += rows;
    }
}
