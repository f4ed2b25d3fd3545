using System.Buffers;
using System.Text;

namespace Perennial.Local.Orchestration;

/// <summary>Writes the fields of a record: little numbers short, texts and bytes with their length before them.</summary>
internal sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public RecordWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    /// <summary>A number that is mostly small and not negative, seven bits a byte.</summary>
    public RecordWriter Number(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        return Byte((byte)rest);
    }

    public RecordWriter Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        _buffer.Write(value);
        return this;
    }

    public RecordWriter OptionalBytes(byte[]? value) => value is null ? Byte(0) : Byte(1).Bytes(value);

    public RecordWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public RecordWriter Events(IReadOnlyCollection<HistoryEvent> events)
    {
        Number(events.Count);
        foreach (var one in events)
        {
            Event(one);
        }

        return this;
    }

    public RecordWriter Event(HistoryEvent e)
    {
        var fields = (EventFields)0;
        if (e.Name is not null) fields |= EventFields.Name;
        if (e.Data is not null) fields |= EventFields.Data;
        if (e.Due != 0) fields |= EventFields.Due;
        if (e.Attempt != 0) fields |= EventFields.Attempt;
        if (e.Target is not null) fields |= EventFields.Target;
        if (e.Retry is not null) fields |= EventFields.Retry;
        Byte((byte)e.Kind).Byte((byte)fields).Number(e.Time).Number(e.Step + 1);
        if (e.Name is not null) Text(e.Name);
        if (e.Data is not null) Bytes(e.Data);
        if (e.Due != 0) Number(e.Due);
        if (e.Attempt != 0) Number(e.Attempt);
        if (e.Target is not null) Text(e.Target);
        if (e.Retry is not null) Bytes(e.Retry);
        return this;
    }

    public RecordWriter Head(InstanceHead head)
    {
        Text(head.Id).Number(head.Serial).Text(head.Name).Number(head.CreatedAt);
        return head.Parent is { } parent
            ? Byte(1).Text(parent.InstanceId).Number(parent.Serial).Number(parent.Generation).Number(parent.Step)
            : Byte(0);
    }
}

/// <summary>Which optional fields of an event follow.</summary>
[Flags]
internal enum EventFields : byte
{
    Name = 1,
    Data = 2,
    Due = 4,
    Attempt = 8,
    Target = 16,
    Retry = 32,
}
