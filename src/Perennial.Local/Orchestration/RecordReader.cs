using System.Text;

namespace Perennial.Local.Orchestration;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. The log has checked the bytes, so a misfit is a bug and throws.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private readonly ReadOnlySpan<byte> _record = record;
    private int _at = 0;

    public byte Byte() => _record[_at++];

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return (long)value;
            }
        }
    }

    public byte[] Bytes() => Span().ToArray();

    /// <summary>Passes over bytes or a text.</summary>
    public void Skip() => Span();

    public byte[]? OptionalBytes() => Byte() == 0 ? null : Bytes();

    public string Text() => Encoding.UTF8.GetString(Span());

    public List<HistoryEvent> Events()
    {
        var count = (int)Number();
        var events = new List<HistoryEvent>(count);
        for (var i = 0; i < count; i++)
        {
            events.Add(Event());
        }

        return events;
    }

    public HistoryEvent Event()
    {
        var kind = (EventKind)Byte();
        var fields = (EventFields)Byte();
        return new HistoryEvent(kind)
        {
            Time = Number(),
            Step = (int)Number() - 1,
            Name = fields.HasFlag(EventFields.Name) ? Text() : null,
            Data = fields.HasFlag(EventFields.Data) ? Bytes() : null,
            Due = fields.HasFlag(EventFields.Due) ? Number() : 0,
            Attempt = fields.HasFlag(EventFields.Attempt) ? (int)Number() : 0,
            Target = fields.HasFlag(EventFields.Target) ? Text() : null,
            Retry = fields.HasFlag(EventFields.Retry) ? Bytes() : null,
        };
    }

    public InstanceHead Head()
    {
        // Few names, very many instances: one string for each name.
        var (id, serial, name, createdAt) = (Text(), Number(), string.Intern(Text()), Number());
        var parent = Byte() == 0 ? null : new ParentLink(Text(), Number(), (int)Number(), (int)Number());
        return new InstanceHead(id, serial, name, createdAt, parent);
    }

    private ReadOnlySpan<byte> Span()
    {
        var length = (int)Number();
        var span = _record.Slice(_at, length);
        _at += length;
        return span;
    }
}
