using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>How far a compaction has come.</summary>
internal sealed class Compaction(int number)
{
    /// <summary>Counts the compactions of an engine, from 1.</summary>
    public int Number => number;

    /// <summary>The segment with which its checkpoint begins; 0 until that is durable.</summary>
    public int Begin { get; set; }

    /// <summary>The id up to which instances are copied, in ordinal order.</summary>
    public string Cursor { get; set; } = "";

    /// <summary>Whether something of it is being read or written.</summary>
    public bool IsWaiting { get; set; } = true;

    /// <summary>What was read and is to be written next.</summary>
    public List<CompactionCopy> Slice { get; set; } = [];

    /// <summary>Whether the log before the checkpoint is needed for an entry.</summary>
    public bool MustCopy(IndexEntry entry) => entry switch
    {
        // Without a place yet, its record is being written, behind the checkpoint's beginning.
        StoredInstance stored => stored.Position.Segment > 0 && stored.Position.Segment < Begin,
        Instance live => live.WrittenBy != number,
        _ => false,
    };
}

/// <summary>An instance to be copied.</summary>
/// <param name="Entry">What the index had when the slice was planned.</param>
/// <param name="At">Where its records were then; of a loaded instance nothing.</param>
/// <param name="Bytes">About how long its records are, where they are not read.</param>
internal sealed record CompactionCopy(IndexEntry Entry, LogPosition At, long Bytes)
{
    /// <summary>The records as they were read; of a loaded instance none.</summary>
    public List<byte[]> Records { get; init; } = [];
}
