using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// The whole of an instance that has not ended, as one record and, where its history is long, parts that follow it at once. Written when
/// an instance is unloaded, and by a compaction.
/// </summary>
internal static class WholeRecords
{
    // A part of about this size: far below a record's greatest length, far above its overhead.
    private const int PartBytes = 256 * 1024;

    /// <summary>The records of an instance as the log knows it: stimuli in its inbox that are not in the log are left out.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="isUnloaded">Whether it stays out of memory until something comes for it.</param>
    /// <param name="wake">Of an unloaded instance: when its first timer is due, UTC ticks; 0 where it has none.</param>
    public static List<byte[]> Of(Instance instance, bool isUnloaded, long wake)
    {
        var parts = Cut(instance);
        var flags = (instance.IsSuspended ? WholeFlags.Suspended : 0) | (isUnloaded ? WholeFlags.Unloaded : 0);
        var first = new RecordWriter().Byte((byte)RecordKind.Whole).Head(instance.Head).Byte((byte)flags).Number(instance.Version)
            .Number(instance.Generation).Number(instance.UpdatedAt).Number(wake)
            .OptionalBytes(instance.Fault is null ? null : PayloadJson.Write(instance.Fault)).OptionalBytes(instance.CustomStatus)
            .Number(parts.Count - 1).Number(instance.LoggedInbox).Events(parts[0]);
        return [first.ToArray(), .. parts.Skip(1).Select(part =>
            new RecordWriter().Byte((byte)RecordKind.WholePart).Text(instance.Id).Events(part).ToArray())];
    }

    // History, then inbox, in parts of about the same size; at least one.
    private static List<List<HistoryEvent>> Cut(Instance instance)
    {
        var parts = new List<List<HistoryEvent>> { new() };
        var bytes = 0;
        foreach (var e in instance.History.Concat(instance.Inbox.Take(instance.LoggedInbox)))
        {
            if (bytes > PartBytes)
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add(e);
            bytes += e.Bytes;
        }

        return parts;
    }
}

/// <summary>Reads what <see cref="WholeRecords"/> wrote, part by part.</summary>
internal sealed class WholeReader
{
    private readonly Failure? _fault;
    private readonly byte[]? _customStatus;
    private readonly WholeFlags _flags;
    private readonly int _version;
    private readonly int _generation;
    private readonly long _updatedAt;
    private readonly long _wake;
    private readonly int _inboxCount;
    private readonly bool _keepsEvents;
    private readonly List<HistoryEvent> _events = [];

    /// <param name="record">The first record.</param>
    /// <param name="keepsUnloaded">Whether the history is wanted of an unloaded instance too.</param>
    public WholeReader(ReadOnlySpan<byte> record, bool keepsUnloaded)
    {
        var reader = new RecordReader(record);
        reader.Byte();
        Head = reader.Head();
        _flags = (WholeFlags)reader.Byte();
        (_version, _generation, _updatedAt, _wake) = ((int)reader.Number(), (int)reader.Number(), reader.Number(), reader.Number());
        _fault = reader.OptionalBytes() is { } fault ? PayloadJson.Read<Failure>(fault) : null;
        _customStatus = reader.OptionalBytes();
        (PartsLeft, _inboxCount) = ((int)reader.Number(), (int)reader.Number());
        _keepsEvents = keepsUnloaded || !IsUnloaded;
        if (_keepsEvents)
        {
            _events = reader.Events();
        }
    }

    public InstanceHead Head { get; }

    /// <summary>So many records of it follow.</summary>
    public int PartsLeft { get; private set; }

    public bool IsUnloaded => _flags.HasFlag(WholeFlags.Unloaded);

    private OrchestrationStatus Status => _fault is not null ? OrchestrationStatus.Faulted
        : _flags.HasFlag(WholeFlags.Suspended) ? OrchestrationStatus.Suspended
        : OrchestrationStatus.Running;

    /// <summary>The instance as a query shows it.</summary>
    public OrchestrationState State() => Bare().State();

    /// <summary>Takes the next part in.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        var reader = new RecordReader(part);
        if ((RecordKind)reader.Byte() != RecordKind.WholePart || reader.Text() != Head.Id || PartsLeft == 0)
        {
            throw new InvalidDataException($"A part of the orchestration instance '{Head.Id}' is not where it belongs.");
        }

        PartsLeft--;
        if (_keepsEvents)
        {
            _events.AddRange(reader.Events());
        }
    }

    /// <summary>The index entry of an unloaded instance whose first record is at a place.</summary>
    public UnloadedInstance ToUnloaded(LogPosition position) => new(Head, Status, _generation) { Position = position, Wake = _wake };

    /// <summary>The instance, once all parts are there; its code is not running.</summary>
    public Instance ToInstance()
    {
        var instance = Bare();
        var history = _events.Count - _inboxCount;
        instance.Record(_events.GetRange(0, history));
        foreach (var stimulus in _events.Skip(history))
        {
            instance.Inbox.Enqueue(stimulus);
        }

        instance.LoggedInbox = _inboxCount;
        return instance;
    }

    private Instance Bare() => new(Head)
    {
        Version = _version,
        Generation = _generation,
        UpdatedAt = _updatedAt,
        CustomStatus = _customStatus,
        IsSuspended = _flags.HasFlag(WholeFlags.Suspended),
        Fault = _fault,
    };
}

/// <summary>How an instance stands that is written whole. The numbers are part of the file format.</summary>
[Flags]
internal enum WholeFlags : byte
{
    Suspended = 1,
    Unloaded = 2,
}
