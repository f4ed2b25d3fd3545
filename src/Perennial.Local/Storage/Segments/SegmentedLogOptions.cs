namespace Perennial.Local.Storage.Segments;

/// <summary>How a log is cut and written.</summary>
/// <param name="SegmentBytes">A segment this long is followed by a new one.</param>
/// <param name="WriteAheadBytes">At most so many zeros are written ahead of the end.</param>
internal sealed record SegmentedLogOptions(long SegmentBytes = 64 * 1024 * 1024, int WriteAheadBytes = 1024 * 1024);
