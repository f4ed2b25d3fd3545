namespace Perennial.Local.Storage.Segments;

/// <summary>Where a record begins: the segment's number and the byte in it.</summary>
internal readonly record struct LogPosition(int Segment, long Offset) : IComparable<LogPosition>
{
    public int CompareTo(LogPosition other) => Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);
}
