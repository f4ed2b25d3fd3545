using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>When a journal is replaced by a snapshot: when it is this long and longer than the snapshot times the ratio.</summary>
internal sealed record TableJournalOptions(long CompactionBytes = 16 * 1024 * 1024, int CompactionRatio = 1, SegmentedLogOptions? Log = null);
