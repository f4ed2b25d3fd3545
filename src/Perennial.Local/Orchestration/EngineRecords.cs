using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <summary>The kinds of record in the engine's log. The numbers are part of the file format.</summary>
internal enum RecordKind : byte
{
    Created = 1,
    Turn = 2,
    Arrived = 3,
    Marked = 4,
    Generation = 5,
    Ended = 6,
    Purged = 7,
    Live = 8,
    CompactionBegan = 9,
    CompactionEnded = 10,
    CompactionAbandoned = 11,
    Whole = 12,
    WholePart = 13,
    CheckpointBegan = 14,
    CheckpointEnded = 15,
    EndedCopy = 16,
}

/// <summary>The engine's records as bytes.</summary>
internal static class EngineRecords
{
    /// <summary>An instance was started; its inbox holds the first stimulus.</summary>
    public static byte[] Created(Instance instance, byte[] input) =>
        Of(RecordKind.Created).Head(instance.Head).Number(instance.Version).Bytes(input).ToArray();

    /// <summary>Events were added to a history, the first so many of the logged inbox among them.</summary>
    public static byte[] Turn(Instance instance, int takenFromLoggedInbox, IReadOnlyCollection<HistoryEvent> events) =>
        Of(RecordKind.Turn).Text(instance.Id).Number(takenFromLoggedInbox).OptionalBytes(instance.CustomStatus).Events(events).ToArray();

    /// <summary>A stimulus came that the code cannot see yet.</summary>
    public static byte[] Arrived(Instance instance, HistoryEvent stimulus) =>
        Of(RecordKind.Arrived).Text(instance.Id).Event(stimulus).ToArray();

    /// <summary>Suspended or not, faulted or not.</summary>
    public static byte[] Marked(Instance instance) =>
        Of(RecordKind.Marked).Text(instance.Id).Byte(instance.IsSuspended ? (byte)1 : (byte)0).Number(instance.UpdatedAt)
            .OptionalBytes(instance.Fault is null ? null : PayloadJson.Write(instance.Fault)).ToArray();

    /// <summary>The next generation began.</summary>
    public static byte[] Generation(Instance instance, int version, long time, byte[] input, IReadOnlyCollection<HistoryEvent> carried) =>
        Of(RecordKind.Generation).Text(instance.Id).Number(version).Number(time).Bytes(input).Events(carried).ToArray();

    /// <summary>The whole of an instance that ended.</summary>
    public static byte[] Ended(EndedRecord ended) =>
        Of(RecordKind.Ended).Head(ended.Head).Byte((byte)ended.Status).Number(ended.Version).Number(ended.UpdatedAt)
            .OptionalBytes(ended.CustomStatus).OptionalBytes(ended.Output).OptionalBytes(ended.Failure).Events(ended.History).ToArray();

    /// <summary>Makes the record of an instance that ended one that says nothing about when: a copy stands where others were compacted.</summary>
    public static byte[] AsCopy(byte[] ended)
    {
        ended[0] = (byte)RecordKind.EndedCopy;
        return ended;
    }

    /// <summary>An id is free again.</summary>
    public static byte[] Purged(string instanceId) => Of(RecordKind.Purged).Text(instanceId).ToArray();

    /// <summary>
    /// What follows holds, up to <see cref="CheckpointEnded"/>, the whole of every instance that was there and is not purged meanwhile,
    /// among the records that come anyway.
    /// </summary>
    public static byte[] CheckpointBegan(long lastSerial) => Of(RecordKind.CheckpointBegan).Number(lastSerial).ToArray();

    /// <summary>From the beginning of this checkpoint on the log is whole without what came before.</summary>
    public static byte[] CheckpointEnded() => Of(RecordKind.CheckpointEnded).ToArray();

    /// <summary>A crash of a former build cut its compaction short: what it wrote counts for nothing.</summary>
    public static byte[] CompactionAbandoned() => Of(RecordKind.CompactionAbandoned).ToArray();

    public static EndedRecord ReadEnded(ReadOnlySpan<byte> record, bool keepsHistory = true)
    {
        var reader = new RecordReader(record);
        reader.Byte();
        var head = reader.Head();
        var status = (OrchestrationStatus)reader.Byte();
        return new EndedRecord(head, (int)reader.Number(), status, reader.Number(),
            reader.OptionalBytes(), reader.OptionalBytes(), reader.OptionalBytes(), keepsHistory ? reader.Events() : []);
    }

    /// <summary>The head of a record of an instance that ended: all that an index needs.</summary>
    public static EndedInstance ReadEndedHead(ref RecordReader reader)
    {
        var (head, status) = (reader.Head(), (OrchestrationStatus)reader.Byte());
        reader.Number();
        return new EndedInstance(head, status, endedAt: reader.Number());
    }

    public static Instance ReadCreated(ref RecordReader reader)
    {
        var head = reader.Head();
        var instance = new Instance(head) { Generation = -1 };
        instance.BeginGeneration((int)reader.Number(), head.CreatedAt, reader.Bytes(), []);
        return instance;
    }

    public static void ApplyTurn(ref RecordReader reader, Instance instance)
    {
        for (var taken = reader.Number(); taken > 0; taken--)
        {
            instance.TakeFromInbox();
        }

        instance.CustomStatus = reader.OptionalBytes();
        instance.Record(reader.Events());
        instance.UpdatedAt = instance.History.Count > 0 ? instance.History[^1].Time : instance.UpdatedAt;
    }

    public static void ApplyMarked(ref RecordReader reader, Instance instance)
    {
        instance.IsSuspended = reader.Byte() == 1;
        instance.UpdatedAt = reader.Number();
        instance.Fault = reader.OptionalBytes() is { } fault ? PayloadJson.Read<Failure>(fault) : null;
    }

    public static Instance ReadLive(ref RecordReader reader) =>
        new(reader.Head()) { Version = (int)reader.Number(), Generation = (int)reader.Number() };

    private static RecordWriter Of(RecordKind kind) => new RecordWriter().Byte((byte)kind);
}
