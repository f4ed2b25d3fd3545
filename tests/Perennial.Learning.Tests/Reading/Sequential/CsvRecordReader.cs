using System.Text.Unicode;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>
/// The RFC 4180 state machine over bytes: one record at a time, its cells as spans of the buffer. All offsets count from the
/// record's first byte, so the buffer may slide and grow in the middle of a cell.
/// </summary>
internal sealed class CsvRecordReader(Stream utf8, ReadOptions options, CancellationToken ct)
{
    private const byte Quote = (byte)'"', Cr = (byte)'\r', Lf = (byte)'\n';
    private readonly ByteWindow _window = new(utf8, options.BufferBytes, options.MaxLineBytes, ct);
    private readonly byte _delimiter = (byte)options.Delimiter;
    private FieldSlice[] _fields = new FieldSlice[16];
    private State _state;
    private int _at, _fieldStart, _quoteAt, _recordEnd, _consume, _faultyField;
    private bool _escaped, _anyQuote, _skipLf, _bomChecked;
    private long _nextLine = 1;

    private enum State { FieldStart, Unquoted, Quoted, QuoteInQuoted }

    private readonly record struct FieldSlice(int Start, int End, bool Escaped);

    /// <summary>The line on which the record begins, counted from 1.</summary>
    public long Line { get; private set; }

    public int FieldCount { get; private set; }

    /// <summary>What is wrong with the record in itself; null for a good one.</summary>
    public BadRow? Fault { get; private set; }

    /// <summary>The cell, unquoted and unescaped; valid until the next read.</summary>
    public ReadOnlySpan<byte> Field(int index) => _window.Pending[_fields[index].Start.._fields[index].End];

    /// <summary>Moves to the next record that is not an empty line; false at the end.</summary>
    public bool Read(string[] header)
    {
        if (!_bomChecked) CheckByteOrderMark();
        do
        {
            _window.Consume(_consume);
            _consume = 0;
            if (!Scan(header)) return false;
        } while (_recordEnd == 0);
        Check(header);
        for (var i = 0; i < FieldCount; i++)
            if (_fields[i].Escaped) Unescape(ref _fields[i]);
        return true;
    }

    private void CheckByteOrderMark()
    {
        _bomChecked = true;
        while (_window.Pending.Length < 3 && _window.Fill() == WindowState.More) { }
        _window.Consume(ByteOrderMark.Skip(_window.Pending, options));
    }

    private bool Scan(string[] header)
    {
        Line = _nextLine;
        (FieldCount, _at, _fieldStart, _faultyField) = (0, 0, 0, -1);
        (_state, _anyQuote, Fault) = (State.FieldStart, false, null);
        for (; ; )
        {
            var data = _window.Pending;
            if (_skipLf && data.Length > 0)
            {
                _skipLf = false;
                if (data[0] == Lf)
                {
                    _window.Consume(1);
                    continue;
                }
            }
            if (ScanPending(data)) return true;
            switch (_window.Fill())
            {
                case WindowState.Full: throw TooLong(header);
                case WindowState.Ended: return EndOfInput(header);
            }
        }
    }

    /// <summary>Scans what is there; true when the record has ended.</summary>
    private bool ScanPending(ReadOnlySpan<byte> data)
    {
        while (_at < data.Length)
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
                    _at = run < 0 ? data.Length : _at + run;
                    if (run >= 0 && EndField(data[_at], _fieldStart, _at, false)) return true;
                    break;
                case State.Quoted:
                    var quote = data[_at..].IndexOf(Quote);
                    _at = quote < 0 ? data.Length : _at + quote + 1;
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
        _skipLf = end == Cr;
        EndRecord(1);
        return true;
    }

    private void AddField(int start, int stop, bool escaped)
    {
        if (FieldCount == _fields.Length) Array.Resize(ref _fields, 2 * FieldCount);
        _fields[FieldCount++] = new FieldSlice(start, stop, escaped);
    }

    private void EndRecord(int terminator)
    {
        _recordEnd = _at;
        _consume = _at + terminator;
        _nextLine = Line + 1 + (_anyQuote ? CountLines(_window.Pending[.._recordEnd]) : 0);
    }

    private bool EndOfInput(string[] header)
    {
        if (_state == State.Quoted)
            throw new DataFormatException(options.Source, "unclosed-quote",
                "The quote that opens here is never closed. Close it, or double quotes that are part of a value.",
                Line + CountLines(_window.Pending[.._quoteAt]), NameOf(FieldCount, header));
        if (_window.Pending.Length == 0) return false;
        if (_state == State.QuoteInQuoted) AddField(_quoteAt + 1, _at - 1, _escaped);
        else AddField(_fieldStart, _at, false);
        EndRecord(0);
        return true;
    }

    private void Check(string[] header)
    {
        if (_recordEnd > options.MaxLineBytes) throw TooLong(header);
        var record = (ReadOnlySpan<byte>)_window.Pending[.._recordEnd];
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

    private DataFormatException TooLong(string[] header)
    {
        var data = (ReadOnlySpan<byte>)_window.Pending;
        var inQuotes = _state is State.Quoted;
        var advice = inQuotes ? "A quote opens here: is it ever closed?" : "Does the file have line ends, and is it CSV?";
        return new DataFormatException(options.Source, "line-too-long",
            $"The record is longer than {options.MaxLineBytes:N0} bytes. {advice}",
            inQuotes ? Line + CountLines(data[.._quoteAt]) : Line, NameOf(inQuotes ? FieldCount : -1, header));
    }

    private static string? NameOf(int field, string[] header) => field >= 0 && field < header.Length ? header[field] : null;

    private void Unescape(ref FieldSlice field)
    {
        var data = _window.Pending;
        var to = field.Start;
        for (var from = field.Start; from < field.End; from++)
        {
            data[to++] = data[from];
            if (data[from] == Quote) from++;
        }
        field = field with { End = to };
    }

    /// <summary>Line ends: LF, CRLF and lone CR, as between records.</summary>
    private static long CountLines(ReadOnlySpan<byte> data)
    {
        long lines = data.Count(Lf);
        for (var i = data.IndexOf(Cr); i >= 0;)
        {
            if (i + 1 >= data.Length || data[i + 1] != Lf) lines++;
            var next = data[(i + 1)..].IndexOf(Cr);
            i = next < 0 ? -1 : i + 1 + next;
        }
        return lines;
    }
}
