using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>The call that started a child. The serial tells an instance from a later one under the same id.</summary>
internal sealed record ParentLink(string InstanceId, long Serial, int Generation, int Step);

/// <summary>What stays the same in an instance's life.</summary>
internal sealed record InstanceHead(string Id, long Serial, string Name, long CreatedAt, ParentLink? Parent);

/// <summary>What an index knows under an id: an instance that lives, or where the record of one that ended is.</summary>
internal abstract class IndexEntry(InstanceHead head)
{
    public InstanceHead Head => head;

    public string Id => head.Id;

    public abstract OrchestrationStatus Status { get; }
}

/// <summary>An instance of which everything else is in the log.</summary>
internal abstract class StoredInstance(InstanceHead head, OrchestrationStatus status) : IndexEntry(head)
{
    public override OrchestrationStatus Status => status;

    /// <summary>Where its record is; set on the engine's thread when that is durable, segment 0 before.</summary>
    public LogPosition Position { get; set; }
}

/// <summary>An instance that has ended.</summary>
internal sealed class EndedInstance(InstanceHead head, OrchestrationStatus status, long endedAt) : StoredInstance(head, status)
{
    /// <summary>When it ended, UTC ticks.</summary>
    public long EndedAt => endedAt;
}

/// <summary>An instance that waits, and of which nothing is in memory until something comes for it.</summary>
internal sealed class UnloadedInstance(InstanceHead head, OrchestrationStatus status, int generation) : StoredInstance(head, status)
{
    public int Generation => generation;

    /// <summary>When its first timer is due, UTC ticks; 0 where it has none.</summary>
    public long Wake { get; set; }
}

/// <summary>An instance that has not ended.</summary>
internal sealed class Instance(InstanceHead head) : IndexEntry(head)
{
    public long Serial => Head.Serial;

    public string Name => Head.Name;

    public int Version { get; set; }

    public int Generation { get; set; }

    public long UpdatedAt { get; set; }

    public byte[]? CustomStatus { get; set; }

    public bool IsSuspended { get; set; }

    /// <summary>Why its code could not go on; null while it can.</summary>
    public Failure? Fault { get; set; }

    /// <summary>What happened in this generation, each stimulus followed by the actions that it brought about.</summary>
    public List<HistoryEvent> History { get; private set; } = [];

    /// <summary>About how much memory and disk the history takes.</summary>
    public long HistoryBytes { get; private set; }

    /// <summary>Stimuli that the code has not seen.</summary>
    public StimulusQueue Inbox { get; } = new();

    /// <summary>So many at the head of the inbox are in the log as such.</summary>
    public int LoggedInbox { get; set; }

    /// <summary>The code, where it is in memory.</summary>
    public OrchestrationRun? Run { get; set; }

    public bool IsQueued { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>So many attempts of this generation's activities run, or wait until they may.</summary>
    public int OpenAttempts { get; set; }

    /// <summary>The number of the compaction since whose beginning the log holds the whole of it.</summary>
    public int WrittenBy { get; set; }

    /// <summary>What it was loaded from, while nothing has happened to it since.</summary>
    public UnloadedInstance? Stored { get; set; }

    /// <summary>What it becomes once that is durable, unless something happens to it before.</summary>
    public UnloadedInstance? Leaving { get; set; }

    /// <summary>When something last happened to it or its memory was last asked back, UTC ticks.</summary>
    public long LastActive { get; set; }

    /// <summary>So many bytes of it are in the engine's count of what is loaded.</summary>
    public long CountedBytes { get; set; }

    /// <summary>Its place among the loaded instances, least recently used first.</summary>
    public LinkedListNode<Instance>? Place { get; set; }

    /// <summary>Attempts whose time came while the instance was suspended.</summary>
    public List<int> HeldAttempts { get; } = [];

    public bool CanRun => !HasEnded && !IsSuspended && Fault is null;

    public override OrchestrationStatus Status => Fault is not null ? OrchestrationStatus.Faulted
        : IsSuspended ? OrchestrationStatus.Suspended
        : OrchestrationStatus.Running;

    /// <summary>Adds events to the history.</summary>
    public void Record(IReadOnlyCollection<HistoryEvent> events)
    {
        History.AddRange(events);
        HistoryBytes += events.Sum(e => e.Bytes);
    }

    /// <summary>Takes a stimulus from the inbox and says whether it was in the log.</summary>
    public bool TakeFromInbox()
    {
        Inbox.Dequeue();
        if (LoggedInbox == 0)
        {
            return false;
        }

        LoggedInbox--;
        return true;
    }

    /// <summary>Begins the next generation: an empty history, the input and what was not consumed in the inbox.</summary>
    public void BeginGeneration(int version, long time, byte[] input, IEnumerable<HistoryEvent> carried)
    {
        Generation++;
        Version = version;
        UpdatedAt = time;
        CustomStatus = null;
        History = [];
        HistoryBytes = 0;
        Run = null;
        OpenAttempts = 0;
        HeldAttempts.Clear();
        Inbox.Clear();
        Inbox.Enqueue(new HistoryEvent(EventKind.Started) { Name = Name, Data = input });
        foreach (var stimulus in carried)
        {
            Inbox.Enqueue(stimulus);
        }

        LoggedInbox = Inbox.Count;
    }

    public OrchestrationState State() => new(
        Id, Name, Version, Status, Instant(Head.CreatedAt), Instant(UpdatedAt),
        PayloadJson.ElementOrNull(CustomStatus), Output: null, Fault, Head.Parent?.InstanceId);

    public static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);
}

/// <summary>The whole of an instance that has ended, as its record holds it.</summary>
internal sealed record EndedRecord(
    InstanceHead Head, int Version, OrchestrationStatus Status, long UpdatedAt, byte[]? CustomStatus, byte[]? Output, byte[]? Failure, IReadOnlyList<HistoryEvent> History)
{
    public OrchestrationState State() => new(
        Head.Id, Head.Name, Version, Status, Instance.Instant(Head.CreatedAt), Instance.Instant(UpdatedAt),
        PayloadJson.ElementOrNull(CustomStatus), PayloadJson.ElementOrNull(Output),
        Failure is null ? null : JsonSerializer.Deserialize<Failure>(Failure, Core.CoreJson.Options), Head.Parent?.InstanceId);
}
