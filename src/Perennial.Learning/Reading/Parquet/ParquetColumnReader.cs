using System.Buffers.Binary;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Reads one column of all row groups, page after page and a batch of rows at a time.</summary>
/// <param name="file">The file.</param>
/// <param name="leaf">The column.</param>
/// <param name="cells">Takes the values.</param>
/// <param name="budget">Refuses what takes too much memory.</param>
/// <param name="faults">For the column.</param>
internal sealed class ParquetColumnReader(ParquetFile file, LeafColumn leaf, IParquetCells cells, ParquetBudget budget, ParquetFaults faults)
{
#if DEBUG
    private const int BatchRows = 7;
#else
    private const int BatchRows = 1 << 12;
#endif

    private static readonly byte[] FalseAndTrue = [0, 1];
    private readonly PageReader _pages = new(file, budget, faults);
    private readonly DeltaValues _delta = new(budget);
    private readonly int[] _levels = new int[BatchRows], _codes = new int[BatchRows];
    private RleCursor _codeCursor;
    private PlainValues _plain;
    private bool _coded, _anyDictionary;

    public void Read(IReadOnlyList<RowGroup> groups)
    {
        foreach (var group in groups)
            if (group.Rows > 0) Read(group.Columns[leaf.Index], (int)group.Rows);
    }

    private void Read(ColumnChunk chunk, int rows)
    {
        Check(chunk, rows);
        _pages.Open(chunk);
        _anyDictionary = leaf.Physical == PhysicalType.Boolean;
        cells.TryOpen(new PlainValues(FalseAndTrue, 1), _anyDictionary ? 2 : 0);
        for (var left = rows; left > 0;)
        {
            if (_pages.AtEnd) throw faults.Damaged("a column has fewer values than there are rows", _pages.At);
            var page = _pages.Next();
            if (page.Header.Type == PageType.Dictionary) ReadDictionary(page, first: left == rows);
            else if (page.Header.Type is PageType.Data or PageType.DataV2) left -= ReadData(page, left);
        }
    }

    private void Check(ColumnChunk chunk, int rows)
    {
        if (chunk.Elsewhere) throw faults.Unsupported("The column is in another file", "Write one file");
        if (chunk.Encrypted) throw faults.Of("encrypted-parquet", "The column is encrypted, which is not read. Write it without encryption.");
        Expansion.Check(chunk.Codec, faults);
        if (chunk.Physical != leaf.Physical) throw faults.Damaged("a column has another type than in the schema", chunk.Start);
        if (chunk.Values != rows) throw faults.Damaged("a column has another number of values than there are rows", chunk.Start);
        if (chunk.Start < ParquetReader.Magic.Length || chunk.Bytes < 0 || chunk.Bytes > file.DataEnd - chunk.Start)
            throw faults.Damaged("a column lies outside the file", chunk.Start);
    }

    private void ReadDictionary(Page page, bool first)
    {
        if (_anyDictionary || !first) throw faults.Damaged("a column has a second dictionary, or one after its values", page.At);
        if (page.Header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary)) throw Unsupported(page.Header.Encoding);
        var count = page.Header.Values;
        var least = leaf.Width == 0 ? sizeof(int) : leaf.Width;
        if (count < 0 || (long)count * least > page.Body.Count || !cells.TryOpen(new PlainValues(page.Body, leaf.Width), count))
            throw faults.Damaged("a dictionary has fewer values than it says", page.At);
        _anyDictionary = true;
    }

    /// <summary>Reads a page's rows, and says how many they were.</summary>
    private int ReadData(Page page, int most)
    {
        var rows = page.Header.Values;
        if (rows < 0 || rows > most) throw faults.Damaged("a page has more values than its column", page.At);
        if (rows == 0) return 0;
        var body = page.Body;
        var levels = leaf.Optional ? Levels(page, ref body) : default;
        Open(page, body, rows);
        for (var done = 0; done < rows;)
        {
            var batch = Math.Min(rows - done, BatchRows);
            if (leaf.Optional) Take(_levels.AsSpan(0, batch), ref levels, page);
            else Take(batch, page);
            done += batch;
        }
        return rows;
    }

    private RleCursor Levels(Page page, ref ArraySegment<byte> body)
    {
        if (page.Header.Type == PageType.DataV2) return new RleCursor(page.Levels, 1);
        if (page.Header.LevelEncoding != PageEncoding.Rle)
            throw faults.Unsupported($"The column's definition levels are written as {page.Header.LevelEncoding}, which is not read", "Write the file with a newer writer");
        return new RleCursor(Prefixed(page, ref body), 1);
    }

    /// <summary>Takes bytes after their length off the front.</summary>
    private ArraySegment<byte> Prefixed(Page page, ref ArraySegment<byte> body)
    {
        var length = body.Count < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(body);
        if (length < 0 || length > body.Count - sizeof(int)) throw faults.Damaged("a page's levels are said to be longer than the page", page.At);
        var prefixed = body.Slice(sizeof(int), length);
        body = body[(sizeof(int) + length)..];
        return prefixed;
    }

    private void Open(Page page, ArraySegment<byte> body, int rows)
    {
        var encoding = page.Header.Encoding;
        var boolean = leaf.Physical == PhysicalType.Boolean;
        _coded = boolean || encoding is PageEncoding.PlainDictionary or PageEncoding.RleDictionary;
        if (boolean)
        {
            _codeCursor = encoding switch
            {
                PageEncoding.Plain => RleCursor.Packed(body, 1),
                PageEncoding.Rle => new RleCursor(Prefixed(page, ref body), 1),
                _ => throw Unsupported(encoding),
            };
        }
        else if (_coded) _codeCursor = Codes(page, body);
        else if (encoding == PageEncoding.Plain) _plain = new PlainValues(body, leaf.Width);
        else if (!DeltaValues.Knows(encoding, leaf.Physical)) throw Unsupported(encoding);
        else if (_delta.TryMakePlain(encoding, body, leaf, rows, out var plain)) _plain = new PlainValues(plain, leaf.Width);
        else throw faults.Damaged("a page's values are cut off", page.At);
    }

    private RleCursor Codes(Page page, ArraySegment<byte> body)
    {
        // A page without any value needs no width either.
        if (body.Count == 0) return new RleCursor(body, 1);
        return body[0] <= 32 ? new RleCursor(body[1..], body[0]) : throw faults.Damaged("a page's codes have more than 32 bits", page.At);
    }

    /// <summary>Takes a batch of rows, of which the levels say which are missing.</summary>
    private void Take(Span<int> levels, ref RleCursor cursor, Page page)
    {
        if (!cursor.TryRead(levels)) throw faults.Damaged("a page has fewer levels than values", page.At);
        while (!levels.IsEmpty)
        {
            var present = levels.IndexOfAnyExcept(1) is >= 0 and var end ? end : levels.Length;
            Take(present, page);
            levels = levels[present..];
            var missing = levels.IndexOfAnyExcept(0) is >= 0 and var next ? next : levels.Length;
            if (missing == 0 && !levels.IsEmpty) throw faults.Damaged("a level is neither 0 nor 1", page.At);
            cells.AddMissing(missing);
            levels = levels[missing..];
        }
    }

    private void Take(int rows, Page page)
    {
        if (rows == 0) return;
        var codes = _codes.AsSpan(0, rows);
        if (_coded && !_codeCursor.TryRead(codes)) throw faults.Damaged("a page has fewer values than it says", page.At);
        if (_coded ? !cells.TryAdd(codes) : !cells.TryAdd(ref _plain, rows))
            throw faults.Damaged(_coded ? "a value is not in its dictionary" : "a page has fewer values than it says", page.At);
    }

    private DataFormatException Unsupported(PageEncoding encoding) =>
        faults.Unsupported($"The column's values are written as {encoding}, which is not read for its type", "Write the file with plain or dictionary encoding");
}
