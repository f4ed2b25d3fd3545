namespace Perennial.Learning.Reading.Parquet;

/// <summary>A page: its header, and its bytes expanded, which are valid until the next page is read.</summary>
/// <param name="Header">The header.</param>
/// <param name="Levels">Definition levels of version 2; empty otherwise.</param>
/// <param name="Body">The values, in version 1 after their levels.</param>
/// <param name="At">Where in the file the page's bytes begin.</param>
internal readonly record struct Page(PageHeader Header, ArraySegment<byte> Levels, ArraySegment<byte> Body, long At);

/// <summary>Reads the pages of one column, chunk after chunk, into the same two buffers.</summary>
internal sealed class PageReader(ParquetFile file, ParquetBudget budget, ParquetFaults faults)
{
    private const int MaxPageBytes = 256 << 20, MaxHeaderBytes = 16 << 20;
#if DEBUG
    private const int ReadBytes = 61;
#else
    private const int ReadBytes = 1 << 16;
#endif

    private byte[] _stored = [], _expanded = [];
    private int _start, _held, _codec;
    private long _next, _end;

    public bool AtEnd => At >= _end;

    /// <summary>The byte of the file after the last page.</summary>
    public long At => _next - _held;

    /// <summary>Stands before the first page of a chunk, which lies within the file.</summary>
    public void Open(ColumnChunk chunk)
    {
        (_start, _held, _codec) = (0, 0, chunk.Codec);
        (_next, _end) = (chunk.Start, chunk.Start + chunk.Bytes);
    }

    /// <summary>The next page.</summary>
    public Page Next()
    {
        var header = ReadHeader();
        var at = At;
        var (stored, expanded) = (header.StoredBytes, header.ExpandedBytes);
        if (stored < 0 || expanded < 0) throw faults.Damaged("a page does not say how long it is", at);
        if (stored > _end - at) throw faults.Damaged("a page is said to be longer than its column", at);
        if (stored > MaxPageBytes || expanded > MaxPageBytes)
            throw faults.Of("page-too-large", $"A page of the column has more than {MaxPageBytes:N0} bytes. Write smaller pages or row groups.");
        Hold(stored);
        var bytes = new ArraySegment<byte>(_stored, _start, stored);
        (_start, _held) = (_start + stored, _held - stored);
        return header.Type == PageType.DataV2 ? Version2(header, bytes, at) : new Page(header, default, Expanded(bytes, expanded, at), at);
    }

    /// <summary>Only the values of a page of version 2 are compressed, and not always.</summary>
    private Page Version2(PageHeader header, ArraySegment<byte> bytes, long at)
    {
        var (repetition, definition) = (header.RepetitionBytes, header.DefinitionBytes);
        if (repetition < 0 || definition < 0 || (long)repetition + definition > Math.Min(bytes.Count, header.ExpandedBytes))
            throw faults.Damaged("a page's levels are said to be longer than the page", at);
        var body = bytes[(repetition + definition)..];
        if (header.Compressed) body = Expanded(body, header.ExpandedBytes - repetition - definition, at);
        return new Page(header, bytes.Slice(repetition, definition), body, at);
    }

    private ArraySegment<byte> Expanded(ArraySegment<byte> stored, int expanded, long at)
    {
        if (!Expansion.IsPossible(_codec, stored.Count, expanded)) throw faults.Damaged("a page is said to expand to an impossible length", at);
        if (_codec == 0) return stored;
        if (_expanded.Length < expanded)
        {
            var larger = Math.Max(expanded, Math.Min(2 * _expanded.Length, MaxPageBytes));
            budget.Take(larger - _expanded.Length);
            _expanded = new byte[larger];
        }
        if (!Expansion.TryExpand(_codec, stored, _expanded.AsSpan(0, expanded))) throw faults.Damaged("a page's compressed bytes are", at);
        return new ArraySegment<byte>(_expanded, 0, expanded);
    }

    /// <summary>Headers are short but may hold statistics of any length: more is read where what there is does not do.</summary>
    private PageHeader ReadHeader()
    {
        for (var window = 256L; ; window *= 4)
        {
            Hold((int)Math.Min(window, Math.Min(MaxHeaderBytes, _end - At)));
            try
            {
                var header = PageHeader.Read(_stored.AsSpan(_start, _held), out var length);
                (_start, _held) = (_start + length, _held - length);
                return header;
            }
            catch (ThriftFault fault) when (!fault.RanOut || _held >= Math.Min(MaxHeaderBytes, _end - At))
            {
                throw faults.Damaged($"a page's header cannot be read, as {fault.Message}", At + fault.At);
            }
            catch (ThriftFault)
            {
                // More of it may help.
            }
        }
    }

    /// <summary>Has at least so many of the chunk's next bytes in the buffer.</summary>
    private void Hold(int count)
    {
        if (_held >= count) return;
        if (_stored.Length - _start < count)
        {
            var larger = _stored.Length < count ? new byte[Math.Max(count, ReadBytes)] : _stored;
            _stored.AsSpan(_start, _held).CopyTo(larger);
            (_stored, _start) = (larger, 0);
        }
        var more = (int)Math.Min(_stored.Length - _start - _held, Math.Min(_end - _next, Math.Max(ReadBytes, count - _held)));
        file.Read(_next, _stored.AsSpan(_start + _held, more));
        (_next, _held) = (_next + more, _held + more);
    }
}
