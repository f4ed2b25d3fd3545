using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>What a cell's syntax says of its type.</summary>
[Flags]
internal enum CellKinds
{
    None = 0,

    /// <summary>A CSV cell, which may be anything.</summary>
    Plain = 1,

    /// <summary>A JSON number.</summary>
    Number = 2,

    /// <summary>A JSON string.</summary>
    Text = 4,

    /// <summary>JSON's true or false.</summary>
    Boolean = 8,
}

/// <summary>
/// The cells of one column as read, before their type is known: dictionary-coded while there are few distinct ones, so that each
/// is parsed once; after that as length-prefixed bytes, which cost no more than the file itself.
/// </summary>
internal sealed class CellStore(int dictionaryLimit, IReadOnlyList<byte[]> missingTokens)
{
    private const int ChunkBytes = 1 << 20;
    private readonly Dictionary<byte[], int> _codeOf = new(Utf8Comparer.Instance);
    private readonly List<byte[]> _levels = [];
    private readonly List<int> _firstRows = [];
    private readonly List<ArraySegment<byte>> _chunks = [];
    private int[] _codes = new int[64];
    private int _coded;
    private byte[] _chunk = [];
    private int _chunkUsed;
    private bool _overflowed;

    /// <summary>The number of rows so far.</summary>
    public int Count { get; private set; }

    public int Missing { get; private set; }

    /// <summary>Every kind of cell met.</summary>
    public CellKinds Kinds { get; private set; }

    /// <summary>The row at which the second kind of cell appeared; -1 where there is one kind only.</summary>
    public int KindChangedAt { get; private set; } = -1;

    /// <summary>The distinct cells; null when there were too many to count.</summary>
    public int? Distinct => _overflowed ? null : _levels.Count;

    /// <summary>The dictionary of the first rows, in order of appearance.</summary>
    public IReadOnlyList<byte[]> Levels => _levels;

    /// <summary>One code a row, -1 for missing; rows beyond its length are in <see cref="Tail"/>.</summary>
    public ReadOnlySpan<int> Codes => _codes.AsSpan(0, _coded);

    public int FirstRow(int code) => _firstRows[code];

    public void AddMissing()
    {
        Missing++;
        if (_overflowed) Append([], missing: true);
        else AppendCode(-1);
        Count++;
    }

    public void Add(ReadOnlySpan<byte> cell, CellKinds kind)
    {
        foreach (var token in missingTokens)
        {
            if (!cell.SequenceEqual(token)) continue;
            AddMissing();
            return;
        }
        if ((Kinds | kind) != Kinds)
        {
            if (Kinds != CellKinds.None && KindChangedAt < 0) KindChangedAt = Count;
            Kinds |= kind;
        }
        if (_overflowed || !TryCode(cell)) Append(cell, missing: false);
        Count++;
    }

    /// <summary>The rows after the coded ones, in order.</summary>
    public TailCursor Tail() => new(this);

    private bool TryCode(ReadOnlySpan<byte> cell)
    {
        var lookup = _codeOf.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(cell, out var code))
        {
            if (_levels.Count >= dictionaryLimit)
            {
                _overflowed = true;
                return false;
            }
            code = _levels.Count;
            var level = cell.ToArray();
            _levels.Add(level);
            _firstRows.Add(Count);
            _codeOf.Add(level, code);
        }
        AppendCode(code);
        return true;
    }

    private void AppendCode(int code)
    {
        if (_coded == _codes.Length) Array.Resize(ref _codes, 2 * _coded);
        _codes[_coded++] = code;
    }

    private void Append(ReadOnlySpan<byte> cell, bool missing)
    {
        // The prefix is length + 1, and 0 for missing, in 7-bit groups.
        var prefix = missing ? 0u : (uint)cell.Length + 1;
        if (_chunk.Length - _chunkUsed < cell.Length + 5) NewChunk(cell.Length + 5);
        for (; prefix >= 0x80; prefix >>= 7) _chunk[_chunkUsed++] = (byte)(prefix | 0x80);
        _chunk[_chunkUsed++] = (byte)prefix;
        cell.CopyTo(_chunk.AsSpan(_chunkUsed));
        _chunkUsed += cell.Length;
    }

    private void NewChunk(int atLeast)
    {
        CloseChunk();
        _chunk = new byte[Math.Max(atLeast, ChunkBytes)];
        _chunkUsed = 0;
    }

    private void CloseChunk()
    {
        if (_chunkUsed > 0) _chunks.Add(new ArraySegment<byte>(_chunk, 0, _chunkUsed));
        _chunk = [];
        _chunkUsed = 0;
    }

    /// <summary>Walks the rows that are not dictionary-coded.</summary>
    internal ref struct TailCursor
    {
        private readonly CellStore _store;
        private ReadOnlySpan<byte> _rest;
        private int _nextChunk;

        public TailCursor(CellStore store)
        {
            store.CloseChunk();
            _store = store;
            Row = store._coded - 1;
        }

        public int Row { get; private set; }

        public bool IsMissing { get; private set; }

        public ReadOnlySpan<byte> Cell { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                if (_nextChunk == _store._chunks.Count) return false;
                _rest = _store._chunks[_nextChunk++];
            }
            uint prefix = 0;
            for (var shift = 0; ; shift += 7)
            {
                var group = _rest[0];
                _rest = _rest[1..];
                prefix |= (uint)(group & 0x7F) << shift;
                if (group < 0x80) break;
            }
            IsMissing = prefix == 0;
            var length = IsMissing ? 0 : (int)(prefix - 1);
            Cell = _rest[..length];
            _rest = _rest[length..];
            Row++;
            return true;
        }
    }
}
