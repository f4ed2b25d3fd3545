using System.Text.Unicode;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>
/// The RFC 4180 state machine over the bytes of a chunk: one record at a time, its cells as spans of the buffer. It says what the
/// kernels mean, reads the header, and reads every chunk in which a kernel met something that is not plain.
/// </summary>
internal sealed class CsvRecordReader(ReadOptions options)
{
    private const byte Quote = (byte)'"', Cr = (byte)'\r', Lf = (byte)'\n';
    private readonly byte _delimiter = (byte)options.Delimiter;
    private FieldSlice[] _fields = new FieldSlice[16];
    private byte[] _bytes = [];
    private State _state;
    private int _length, _at, _recordStart, _recordEnd, _fieldStart, _quoteAt, _faultyField;
    private bool _truncated, _escaped, _anyQuote;

    private enum State { FieldStart, Unquoted, Quoted, QuoteInQuoted }

    private readonly record struct FieldSlice(int Start, int End, bool Escaped);

    /// <summary>The line on which the record begins, from 0 at the chunk's first line.</summary>
    public long Line { get; private set; }

    /// <summary>The line after the record.</summary>
    public long NextLine { get; private set; }

    /// <summary>The byte after the record and its line end.</summary>
    public int NextByte => _at;

    public int FieldCount { get; private set; }

    /// <summary>What is wrong with the record in itself; null for a good one.</summary>
    public BadRow? Fault { get; private set; }

    /// <summary>What ended the reading before the chunk's end; null where nothing did.</summary>
    public FileFault? FileFault { get; private set; }

    /// <summary>The cell, unquoted and unescaped.</summary>
    public ReadOnlySpan<byte> Field(int index) => _bytes.AsSpan(_fields[index].Start.._fields[index].End);

    /// <summary>Begins with a chunk's first record.</summary>
    public void Open(ByteChunk chunk)
    {
        (_bytes, _length, _truncated) = (chunk.Bytes, chunk.Length, chunk.Truncated);
        (_at, Line, NextLine, FileFault) = (0, 0, 0, null);
    }

    /// <summary>Moves to the next record that is not an empty line; false at the end of the chunk, or where <see cref="FileFault"/> says why.</summary>
    public bool Read(string[] header)
    {
        do
        {
            if (!Scan(header)) return false;
        } while (_recordEnd == _recordStart);
        Check(header);
        if (FileFault is not null) return false;
        for (var i = 0; i < FieldCount; i++)
            if (_fields[i].Escaped) Unescape(ref _fields[i]);
        return true;
    }

    private bool Scan(string[] header)
    {
        Line = NextLine;
        (FieldCount, _recordStart, _fieldStart, _faultyField) = (0, _at, _at, -1);
        (_state, _anyQuote, Fault) = (State.FieldStart, false, null);
        return ScanRecord() || EndOfChunk(header);
    }

    private bool ScanRecord()
    {
        var data = _bytes.AsSpan(0, _length);
        while (_at < _length)
        {
            switch (_state)
            {
                case State.FieldStart when data[_at] == Quote:
                    (_state, _quoteAt, _escaped, _anyQuote) = (State.Quoted, _at++, false, true);
                    break;
                case State.FieldStart:
                    _state = State.Unquoted;
                    break;
                case State.Unquoted:
                    var run = data[_at..].IndexOfAny(_delimiter, Cr, Lf);
                    _at = run < 0 ? _length : _at + run;
                    if (run >= 0 && EndField(data[_at], _fieldStart, _at, false)) return true;
                    break;
                case State.Quoted:
                    var quote = data[_at..].IndexOf(Quote);
                    _at = quote < 0 ? _length : _at + quote + 1;
                    if (quote >= 0) _state = State.QuoteInQuoted;
                    break;
                case State.QuoteInQuoted when data[_at] == Quote:
                    (_state, _escaped) = (State.Quoted, true);
                    _at++;
                    break;
                case State.QuoteInQuoted when data[_at] is Cr or Lf || data[_at] == _delimiter:
                    if (EndField(data[_at], _quoteAt + 1, _at - 1, _escaped)) return true;
                    break;
                default:
                    if (_faultyField < 0) _faultyField = FieldCount;
                    _state = State.Unquoted;
                    break;
            }
        }
        return false;
    }

    private bool EndField(byte end, int start, int stop, bool escaped)
    {
        AddField(start, stop, escaped);
        if (end == _delimiter)
        {
            _fieldStart = ++_at;
            _state = State.FieldStart;
            return false;
        }
        EndRecord();
        _at += end == Cr && _at + 1 < _length && _bytes[_at + 1] == Lf ? 2 : 1;
        return true;
    }

    private void AddField(int start, int stop, bool escaped)
    {
        if (FieldCount == _fields.Length) Array.Resize(ref _fields, 2 * FieldCount);
        _fields[FieldCount++] = new FieldSlice(start, stop, escaped);
    }

    private void EndRecord()
    {
        _recordEnd = _at;
        NextLine = Line + 1 + (_anyQuote ? LineEnds.Count(_bytes.AsSpan(_recordStart.._recordEnd)) : 0);
    }

    private bool EndOfChunk(string[] header)
    {
        if (_length == _recordStart) return false;
        if (_truncated || (_state == State.Quoted && _length - _recordStart > options.MaxLineBytes)) FileFault = TooLong(header);
        else if (_state == State.Quoted)
            FileFault = new FileFault("unclosed-quote",
                "The quote that opens here is never closed. Close it, or double quotes that are part of a value.",
                Line + LineEnds.Count(_bytes.AsSpan(_recordStart.._quoteAt)), NameOf(FieldCount, header));
        if (FileFault is not null) return false;
        if (_state == State.QuoteInQuoted) AddField(_quoteAt + 1, _at - 1, _escaped);
        else AddField(_fieldStart, _at, false);
        EndRecord();
        return true;
    }

    private void Check(string[] header)
    {
        if (_recordEnd - _recordStart > options.MaxLineBytes)
        {
            FileFault = TooLong(header);
            return;
        }
        var record = _bytes.AsSpan(_recordStart.._recordEnd);
        if (!Utf8.IsValid(record))
            Fault = FaultOf("invalid-utf8", "bytes that are not UTF-8; save the file as UTF-8", header, f => !Utf8.IsValid(f));
        else if (record.Contains((byte)0))
            Fault = FaultOf("nul-byte", "a NUL byte; the file is binary, damaged, or UTF-16: save it as UTF-8 text", header, f => f.Contains((byte)0));
        else if (_faultyField >= 0)
            Fault = new BadRow(Line, NameOf(_faultyField, header),
                "text after a closing quote; double quotes that are part of a value")
            { Code = "text-after-quote" };
    }

    private delegate bool FieldTest(ReadOnlySpan<byte> field);

    private BadRow FaultOf(string code, string reason, string[] header, FieldTest test)
    {
        var field = 0;
        while (field < FieldCount - 1 && !test(Field(field))) field++;
        return new BadRow(Line, NameOf(field, header), reason) { Code = code };
    }

    private FileFault TooLong(string[] header)
    {
        var inQuotes = _state is State.Quoted;
        var advice = inQuotes ? "A quote opens here: is it ever closed?" : "Does the file have line ends, and is it CSV?";
        return new FileFault("line-too-long", $"The record is longer than {options.MaxLineBytes:N0} bytes. {advice}",
            inQuotes ? Line + LineEnds.Count(_bytes.AsSpan(_recordStart.._quoteAt)) : Line, NameOf(inQuotes ? FieldCount : -1, header));
    }

    private static string? NameOf(int field, string[] header) => field >= 0 && field < header.Length ? header[field] : null;

    private void Unescape(ref FieldSlice field) =>
        field = field with { End = field.Start + Unescape(_bytes.AsSpan(field.Start..field.End)) };

    /// <summary>Halves doubled quotes in place and gives the new length.</summary>
    public static int Unescape(Span<byte> cell)
    {
        var to = 0;
        for (var from = 0; from < cell.Length; from++)
        {
            cell[to++] = cell[from];
            if (cell[from] == Quote) from++;
        }
        return to;
    }
}
