using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>All instances by id, in ordinal order.</summary>
internal sealed class InstanceIndex
{
    private Dictionary<string, IndexEntry> _entries = new(StringComparer.Ordinal);
    private SortedSet<string> _ids = new(StringComparer.Ordinal);
    private InstanceIndex? _compacted;

    /// <summary>The last serial that was given.</summary>
    public long LastSerial { get; private set; }

    /// <summary>Whether the log holds the beginning of a compaction without its end.</summary>
    public bool IsCompactionOpen => _compacted is not null;

    /// <summary>Every entry, in ordinal order of the ids.</summary>
    public IEnumerable<IndexEntry> All => _ids.Select(id => _entries[id]);

    /// <summary>The entries whose id comes at or after the given one, in ordinal order.</summary>
    public IEnumerable<IndexEntry> From(string id) =>
        _ids.Max is { } last && string.CompareOrdinal(id, last) <= 0 ? _ids.GetViewBetween(id, last).Select(found => _entries[found]) : [];

    public IndexEntry? Find(string id) => _entries.GetValueOrDefault(id);

    public long NextSerial() => ++LastSerial;

    public void Put(IndexEntry entry)
    {
        LastSerial = Math.Max(LastSerial, entry.Head.Serial);
        _entries[entry.Id] = entry;
        _ids.Add(entry.Id);
    }

    public void Remove(string id)
    {
        _entries.Remove(id);
        _ids.Remove(id);
    }

    /// <summary>Forgets a compaction that has no end.</summary>
    public void AbandonCompaction() => _compacted = null;

    /// <summary>Takes a record of the log in, at opening.</summary>
    public void Apply(LogPosition position, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        switch ((RecordKind)reader.Byte())
        {
            case RecordKind.CompactionBegan:
                _compacted = new InstanceIndex { LastSerial = reader.Number() };
                break;
            case RecordKind.CompactionEnded:
                (_entries, _ids, LastSerial) = (_compacted!._entries, _compacted._ids, _compacted.LastSerial);
                _compacted = null;
                break;
            case RecordKind.CompactionAbandoned:
                _compacted = null;
                break;
            case var kind:
                (_compacted ?? this).Apply(kind, ref reader, position);
                break;
        }
    }

    private void Apply(RecordKind kind, ref RecordReader reader, LogPosition position)
    {
        switch (kind)
        {
            case RecordKind.Created:
                Put(EngineRecords.ReadCreated(ref reader));
                break;
            case RecordKind.Turn:
                var turned = Live(reader.Text());
                EngineRecords.ApplyTurn(ref reader, turned);
                break;
            case RecordKind.Arrived:
                var reached = Live(reader.Text());
                reached.Inbox.Enqueue(reader.Event());
                reached.LoggedInbox++;
                break;
            case RecordKind.Marked:
                var marked = Live(reader.Text());
                EngineRecords.ApplyMarked(ref reader, marked);
                break;
            case RecordKind.Generation:
                Live(reader.Text()).BeginGeneration((int)reader.Number(), reader.Number(), reader.Bytes(), reader.Events());
                break;
            case RecordKind.Ended:
                var ended = EngineRecords.ReadEndedHead(ref reader);
                ended.Position = position;
                Put(ended);
                break;
            case RecordKind.Purged:
                Remove(reader.Text());
                break;
            case RecordKind.Live:
                Put(EngineRecords.ReadLive(ref reader));
                break;
            default:
                throw new InvalidDataException($"Record {position.Segment}.{position.Offset} of the orchestrations is of kind {(byte)kind}, which this build does not know: a newer one wrote it.");
        }
    }

    private Instance Live(string id) => _entries[id] as Instance
        ?? throw new InvalidDataException($"A record of the orchestrations speaks of '{id}', which has ended.");
}
