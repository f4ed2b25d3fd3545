namespace Perennial.Local.Storage.Segments;

/// <summary>How a log is cut and written.</summary>
/// <param name="SegmentBytes">A segment this long is followed by a new one.</param>
/// <param name="WriteAheadBytes">At most so many zeros are written ahead of the end.</param>
/// <param name="Inline">
/// Commits and compactions run on the thread of whoever submits, and no other is started: a simulated disk then meets the same operations in the
/// same order each time. For one thread only.
/// </param>
internal sealed record SegmentedLogOptions(long SegmentBytes = 64 * 1024 * 1024, int WriteAheadBytes = 4 * 1024 * 1024, bool Inline = false);
