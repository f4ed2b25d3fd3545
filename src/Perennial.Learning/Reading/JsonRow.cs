using System.Text;
using System.Text.Json;
using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>Parses one line after another; a line's cells reach the rows only when all of the line is good.</summary>
internal sealed class JsonRow(WorkerRows rows, ReadOptions options)
{
    private static readonly JsonReaderOptions Json = new() { MaxDepth = 2 };
    private readonly Dictionary<byte[], int> _columnOf = new(Utf8Comparer.Instance);
    private readonly List<byte[]> _newNames = [];
    private readonly List<Cell> _cells = [];
    private readonly HashSet<int> _seen = [];
    private byte[] _text = new byte[256];
    private int _used;

    private readonly record struct Cell(int Column, CellKinds Kind, int Start, int Length);

    /// <summary>Adds the row, or says what is wrong with it.</summary>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    public BadRow? TryAdd(ReadOnlySpan<byte> line, ChunkOutcome outcome)
    {
        var number = outcome.Lines;
        _cells.Clear();
        _seen.Clear();
        _newNames.Clear();
        _used = 0;
        var reader = new Utf8JsonReader(line, Json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return Fault(number, null, "not-an-object", "the line is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Append(ref reader);
            var column = ColumnOf(name);
            if (!_seen.Add(column))
                return Fault(number, name, "duplicate-key", "the key is there twice");
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                return Fault(number, name, "nested-value", "the value is an object or array; each value must be a string, number, boolean or null");
            AddCell(ref reader, column);
        }
        // The tokenizer refuses anything after the object's end.
        reader.Read();
        Commit(outcome);
        return null;
    }

    private void AddCell(ref Utf8JsonReader reader, int column)
    {
        var kind = reader.TokenType switch
        {
            JsonTokenType.Number => CellKinds.Number,
            JsonTokenType.String => CellKinds.Text,
            JsonTokenType.True or JsonTokenType.False => CellKinds.Boolean,
            _ => CellKinds.None,
        };
        var start = _used;
        if (kind != CellKinds.None) Append(ref reader);
        _cells.Add(new Cell(column, kind, start, _used - start));
    }

    private ReadOnlySpan<byte> Append(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        if (_text.Length - _used < raw.Length) Array.Resize(ref _text, Math.Max(2 * _text.Length, _used + raw.Length));
        var start = _used;
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _used += reader.CopyString(_text.AsSpan(_used));
        else
        {
            raw.CopyTo(_text.AsSpan(_used));
            _used += raw.Length;
        }
        return _text.AsSpan(start, _used - start);
    }

    /// <summary>A known column's index, or the index that a new one will have once the line proves good.</summary>
    private int ColumnOf(ReadOnlySpan<byte> name)
    {
        if (_columnOf.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var column)) return column;
        for (var i = 0; i < _newNames.Count; i++)
            if (name.SequenceEqual(_newNames[i])) return rows.Names.Count + i;
        _newNames.Add(name.ToArray());
        return rows.Names.Count + _newNames.Count - 1;
    }

    private void Commit(ChunkOutcome outcome)
    {
        if (rows.Names.Count + _newNames.Count > options.MaxColumns)
        {
            outcome.Fault = TooManyColumns(options, outcome.Lines);
            return;
        }
        foreach (var name in _newNames)
        {
            _columnOf.Add(name, rows.Names.Count);
            rows.AddColumn(Encoding.UTF8.GetString(name));
            outcome.NewColumns.Add((rows.Names[^1], outcome.Lines));
        }
        outcome.RowLines.Add(outcome.Lines);
        foreach (var cell in _cells)
            if (cell.Kind != CellKinds.None) rows.AddCell(cell.Column, _text.AsSpan(cell.Start, cell.Length), cell.Kind);
        rows.EndRows(1);
    }

    /// <summary>The fault of a file with more different keys than columns are allowed.</summary>
    public static FileFault TooManyColumns(ReadOptions options, long line) => new("too-many-columns",
        $"The lines so far have more than {options.MaxColumns:N0} different keys. Are keys used as values?", line);

    private static BadRow Fault(long line, ReadOnlySpan<byte> column, string code, string reason) =>
        new(line, column.IsEmpty ? null : Encoding.UTF8.GetString(column), reason) { Code = code };
}
