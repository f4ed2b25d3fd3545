using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// Takes the records of the log in, at opening. An instance that was unloaded stays so: what came for it later is kept as bytes, and is
/// forgotten when it was unloaded once more.
/// </summary>
/// <param name="index">What the records make.</param>
/// <param name="isCompacted">Whether the log begins where a compaction ended well, and what came before is gone.</param>
internal sealed class JournalReplay(InstanceIndex index, bool isCompacted = false)
{
    private readonly Dictionary<UnloadedInstance, List<byte[]>> _woken = [];

    // A former build wrote the whole state in one go, which counted only with its end.
    private JournalReplay? _compacted;
    private bool _hasBegun;
    private bool _isPartial;
    private WholeReader? _whole;
    private LogPosition _wholeAt;

    /// <summary>Whether the log holds the beginning of a former build's compaction without its end.</summary>
    public bool IsCompactionOpen => _compacted is not null;

    /// <summary>The unloaded instances for which something came, and the records of it; none where a child has ended.</summary>
    public IReadOnlyDictionary<UnloadedInstance, List<byte[]>> Woken => _woken;

    /// <summary>Takes the next record in.</summary>
    public void Apply(LogPosition position, ReadOnlySpan<byte> record)
    {
        var kind = (RecordKind)record[0];
        if (_whole is not null && kind == RecordKind.WholePart)
        {
            AddPart(record);
            return;
        }

        if (!_hasBegun && isCompacted && kind is not (RecordKind.CheckpointBegan or RecordKind.CompactionBegan))
        {
            throw Cut();
        }

        // A crash cut what was being written: the instance is still as it was before.
        _whole = null;
        switch (kind)
        {
            case RecordKind.CheckpointBegan:
                // Only at the head of a compacted log does it stand for what came before.
                _isPartial |= !_hasBegun && isCompacted;
                index.RaiseSerial(new RecordReader(record[1..]).Number());
                break;
            case RecordKind.CheckpointEnded:
                _isPartial = false;
                break;
            case RecordKind.CompactionBegan:
                var shadow = new InstanceIndex();
                shadow.RaiseSerial(new RecordReader(record[1..]).Number());
                _compacted = new JournalReplay(shadow);
                break;
            case RecordKind.CompactionEnded:
                index.TakeOver(_compacted!.Index);
                _woken.Clear();
                _compacted = null;
                break;
            case RecordKind.CompactionAbandoned:
                _compacted = null;
                break;
            case RecordKind.Whole:
                BeginWhole(position, record);
                break;
            default:
                (_compacted ?? this).Apply(kind, position, record);
                break;
        }

        _hasBegun = true;
    }

    /// <summary>Says that the log has no more records.</summary>
    /// <exception cref="InvalidDataException">The log is not whole.</exception>
    public void End()
    {
        _whole = null;
        if (_isPartial || (isCompacted && !_hasBegun))
        {
            throw Cut();
        }
    }

    /// <summary>Applies a record to the instance that it speaks of.</summary>
    public static void ApplyTo(Instance instance, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        var kind = (RecordKind)reader.Byte();
        reader.Skip();
        ApplyTo(instance, kind, ref reader);
    }

    private static InvalidDataException Cut() =>
        new("The orchestrations' log was compacted, and does not begin with a whole checkpoint: instances would be missing.");

    private InstanceIndex Index => index;

    private void Apply(RecordKind kind, LogPosition position, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record[1..]);
        switch (kind)
        {
            case RecordKind.Created:
                Put(EngineRecords.ReadCreated(ref reader));
                break;
            case RecordKind.Ended or RecordKind.EndedCopy:
                var ended = EngineRecords.ReadEndedHead(ref reader);
                ended.Position = position;
                Put(ended);
                if (kind == RecordKind.Ended && ended.Head.Parent is { } parent)
                {
                    Answer(parent);
                }

                break;
            case RecordKind.Purged:
                var purged = reader.Text();
                Forget(purged);
                index.Remove(purged);
                break;
            case RecordKind.Live:
                Put(EngineRecords.ReadLive(ref reader));
                break;
            case RecordKind.Turn or RecordKind.Arrived or RecordKind.Marked or RecordKind.Generation:
                ApplyToLiving(kind, ref reader, position, record);
                break;
            default:
                throw new InvalidDataException($"Record {position.Segment}.{position.Offset} of the orchestrations is of kind {(byte)kind}, which this build does not know: a newer one wrote it.");
        }
    }

    private void ApplyToLiving(RecordKind kind, ref RecordReader reader, LogPosition position, ReadOnlySpan<byte> record)
    {
        var id = reader.Text();
        switch (index.Find(id))
        {
            case Instance instance:
                ApplyTo(instance, kind, ref reader);
                break;
            case UnloadedInstance unloaded:
                if (!_woken.TryGetValue(unloaded, out var records))
                {
                    _woken.Add(unloaded, records = []);
                }

                records.Add(record.ToArray());
                break;
            case null when _isPartial:
                // It is copied later, with what this record says.
                break;
            case var other:
                throw new InvalidDataException(
                    $"Record {position.Segment}.{position.Offset} of the orchestrations speaks of '{id}', which {(other is null ? "is not there" : "has ended")}.");
        }
    }

    private static void ApplyTo(Instance instance, RecordKind kind, ref RecordReader reader)
    {
        switch (kind)
        {
            case RecordKind.Turn:
                EngineRecords.ApplyTurn(ref reader, instance);
                break;
            case RecordKind.Arrived:
                instance.Inbox.Enqueue(reader.Event());
                instance.LoggedInbox++;
                break;
            case RecordKind.Marked:
                EngineRecords.ApplyMarked(ref reader, instance);
                break;
            case RecordKind.Generation:
                instance.BeginGeneration((int)reader.Number(), reader.Number(), reader.Bytes(), reader.Events());
                break;
        }
    }

    private void BeginWhole(LogPosition position, ReadOnlySpan<byte> record)
    {
        (_whole, _wholeAt) = (new WholeReader(record, keepsUnloaded: false), position);
        EndWhole();
    }

    private void AddPart(ReadOnlySpan<byte> record)
    {
        _whole!.Add(record);
        EndWhole();
    }

    private void EndWhole()
    {
        if (_whole!.PartsLeft > 0)
        {
            return;
        }

        Put(_whole.IsUnloaded ? _whole.ToUnloaded(_wholeAt) : _whole.ToInstance());
        _whole = null;
    }

    private void Put(IndexEntry entry)
    {
        Forget(entry.Id);
        index.Put(entry);
    }

    // The record that says what the parent did with the answer may be lost.
    private void Answer(ParentLink parent)
    {
        if (index.Find(parent.InstanceId) is UnloadedInstance waiting && waiting.Head.Serial == parent.Serial && waiting.Generation == parent.Generation)
        {
            _woken.TryAdd(waiting, []);
        }
    }

    private void Forget(string id)
    {
        if (_woken.Count > 0 && index.Find(id) is UnloadedInstance former)
        {
            _woken.Remove(former);
        }
    }
}
