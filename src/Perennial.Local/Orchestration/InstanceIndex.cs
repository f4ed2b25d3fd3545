using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>All instances by id, in ordinal order.</summary>
internal sealed class InstanceIndex
{
    private readonly Dictionary<string, IndexEntry> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ids = new(StringComparer.Ordinal);
    private long _lastSerial;

    /// <summary>Every entry, in ordinal order of the ids.</summary>
    public IEnumerable<IndexEntry> All => _ids.Select(id => _entries[id]);

    /// <summary>The entries whose id comes at or after the given one, in ordinal order.</summary>
    public IEnumerable<IndexEntry> From(string id) =>
        _ids.Max is { } last && string.CompareOrdinal(id, last) <= 0 ? _ids.GetViewBetween(id, last).Select(found => _entries[found]) : [];

    public IndexEntry? Find(string id) => _entries.GetValueOrDefault(id);

    public long NextSerial() => ++_lastSerial;

    public void Put(IndexEntry entry)
    {
        _lastSerial = Math.Max(_lastSerial, entry.Head.Serial);
        _entries[entry.Id] = entry;
        _ids.Add(entry.Id);
    }

    public void Remove(string id)
    {
        _entries.Remove(id);
        _ids.Remove(id);
    }

    /// <summary>Takes a record of the log in, at opening.</summary>
    public void Apply(LogPosition position, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        switch ((RecordKind)reader.Byte())
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
            case var kind:
                throw new InvalidDataException($"Record {position.Segment}.{position.Offset} of the orchestrations is of kind {(byte)kind}, which this build does not know: a newer one wrote it.");
        }
    }

    private Instance Live(string id) => _entries[id] as Instance
        ?? throw new InvalidDataException($"A record of the orchestrations speaks of '{id}', which has ended.");
}
