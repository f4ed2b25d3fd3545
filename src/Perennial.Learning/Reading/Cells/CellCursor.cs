namespace Perennial.Learning.Reading.Cells;

/// <summary>Walks some of a store's rows in order, each cell as it was spelled.</summary>
internal ref struct CellCursor
{
    private readonly CellStore? _store;
    private readonly Span<byte> _scratch;
    private readonly int _end;
    private CellBlock? _block;
    private ReadOnlySpan<byte> _text;
    private int _blockIndex, _nextOther;

    /// <summary>Stands before the first row.</summary>
    /// <param name="store">The store; null where the worker never met the column, so that each cell is missing.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="scratch">Room for a spelling, 64 bytes.</param>
    public CellCursor(CellStore? store, int start, int rows, Span<byte> scratch)
    {
        _scratch = scratch;
        (_store, _end) = (store, start + rows);
        Row = start - 1;
        _blockIndex = store is null ? -1 : store.BlockOf(start) - 1;
    }

    /// <summary>The worker's row.</summary>
    public int Row { get; private set; }

    public bool IsMissing { get; private set; }

    /// <summary>The cell; valid until the next move.</summary>
    public ReadOnlySpan<byte> Cell { get; private set; }

    /// <summary>The code of the cell in the store's dictionary; 0 where it has none.</summary>
    public int Code { get; private set; }

    /// <summary>Whether the block's kind could not spell the cell.</summary>
    public bool IsOther { get; private set; }

    public bool MoveNext()
    {
        if (++Row >= _end) return false;
        if (_store is null)
        {
            IsMissing = true;
            return true;
        }
        if (_block is null || Row >= _block.FirstRow + _block.Rows) EnterBlock();
        var index = Row - _block!.FirstRow;
        (Code, IsOther) = (0, false);
        Cell = [];
        switch (_block.Kind)
        {
            case BlockKind.Codes:
                Code = _block.Codes[index];
                IsMissing = Code == 0;
                Cell = IsMissing ? [] : _store.Dictionary[Code];
                break;
            case BlockKind.Text:
                Cell = ByteList.Take(ref _text, out var missing);
                IsMissing = missing;
                break;
            default:
                ReadValue(index);
                break;
        }
        return true;
    }

    private void EnterBlock()
    {
        do _block = _store!.Blocks[++_blockIndex];
        while (Row >= _block.FirstRow + _block.Rows);
        _nextOther = 0;
        if (_block.Text is null) return;
        _text = _block.Text.Bytes;
        for (var skipped = _block.FirstRow; skipped < Row; skipped++) ByteList.Take(ref _text, out _);
    }

    private void ReadValue(int index)
    {
        var value = _block!.Values[index];
        IsMissing = value == CellBlock.Missing;
        IsOther = value == CellBlock.Other;
        if (IsMissing) return;
        if (IsOther)
        {
            while (_block.Others[_nextOther].Index < index) _nextOther++;
            Cell = _block.Others[_nextOther].Cell;
        }
        else
        {
            var length = _block.Kind == BlockKind.Decimals ? PackedDecimal.Format(value, _scratch) : _block.Layout!.Format(value, _scratch);
            Cell = _scratch[..length];
        }
    }
}
