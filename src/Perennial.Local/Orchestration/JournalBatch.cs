using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>Records that become durable together, in the order in which batches are submitted.</summary>
internal sealed class JournalBatch(
    IReadOnlyList<ReadOnlyMemory<byte>> records, IReadOnlyList<(int At, StoredInstance Owner)> owners, Action<JournalBatch> committed)
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Records => records;

    /// <summary>Called on the committing thread once it is known how the batch went.</summary>
    public Action<JournalBatch> Committed => committed;

    /// <summary>Whether no later record builds upon these: they belong to a compaction, which can be given up.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What must be done before its records are written; null for nothing.</summary>
    public Action? Before { get; init; }

    /// <summary>What must be done once its records are durable; null for nothing.</summary>
    public Action? After { get; init; }

    /// <summary>Why it is not durable; null when it is.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Where its records are, once they are durable.</summary>
    public ArraySegment<LogPosition> Positions { get; set; } = ArraySegment<LogPosition>.Empty;

    /// <summary>Tells the owners where their records are. On the engine's thread only, which reads those places.</summary>
    public void TellOwners()
    {
        if (Failure is null)
        {
            foreach (var (at, owner) in owners)
            {
                owner.Position = Positions[at];
            }
        }
    }
}
