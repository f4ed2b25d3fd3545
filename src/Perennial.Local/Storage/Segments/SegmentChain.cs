using System.Globalization;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>A segment and where its last durable record ends.</summary>
internal sealed record Segment(int Number, long End);

/// <summary>
/// The segment files of a folder: opens them after whatever happened before. Each header holds the end of the segment before, so
/// that only the last segment can have a torn tail; every other byte up to an end must be as it was written.
/// </summary>
internal sealed class SegmentChain(IDisk disk, string folder)
{
    private const string Ending = ".seg";
    private const int CopyBytes = 256 * 1024;

    public string PathOf(int number) => Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Ending);

    /// <summary>The segments from a number on, in order; those before it and unfinished ones are removed.</summary>
    public List<Segment> Open(int from)
    {
        // This makes durable too what stands beside the folder and says with which segment to begin, before those it replaces are removed.
        disk.CreateFolderDurably(folder);
        disk.DeleteUnfinished(folder);
        var numbers = Numbers();
        if (from > 1 && !numbers.Contains(from)) throw new CorruptStoreException(PathOf(from), 0, "the segment is missing with which the log goes on.");
        foreach (var number in numbers.Where(number => number < from)) disk.Delete(PathOf(number));
        numbers.RemoveAll(number => number < from);
        var segments = new List<Segment>();
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] != numbers[0] + i)
                throw new CorruptStoreException(PathOf(numbers[0] + i), 0, "the segment is missing, though later ones are there.");
            var previousEnd = PreviousEnd(numbers[i]);
            if (i > 0) segments[^1] = segments[^1] with { End = previousEnd };
            segments.Add(new Segment(numbers[i], SegmentFormat.HeaderBytes));
        }
        if (segments.Count > 0) segments[^1] = segments[^1] with { End = Repair(segments[^1].Number) };
        return segments;
    }

    /// <summary>Begins a segment: it is there whole, durably, or not at all.</summary>
    public SegmentWriter Begin(int number, long previousEnd, int writeAhead)
    {
        var path = PathOf(number);
        disk.WriteDurably(path, SegmentFormat.Header(number, previousEnd));
        return new SegmentWriter(disk.OpenForWriting(path), number, SegmentFormat.HeaderBytes, writeAhead);
    }

    public SegmentWriter Continue(Segment segment, int writeAhead) =>
        new(disk.OpenForWriting(PathOf(segment.Number)), segment.Number, segment.End, writeAhead);

    public IDiskFile OpenForReading(int number) =>
        disk.OpenForReading(PathOf(number)) ?? throw new CorruptStoreException(PathOf(number), 0, "the segment is missing.");

    public void Delete(int number) => disk.Delete(PathOf(number));

    private List<int> Numbers()
    {
        var numbers = new List<int>();
        foreach (var name in disk.Files(folder))
        {
            if (name.EndsWith(Ending, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(0, name.Length - Ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
        }
        numbers.Sort();
        return numbers;
    }

    private long PreviousEnd(int number)
    {
        using var file = OpenForReading(number);
        var header = new byte[SegmentFormat.HeaderBytes];
        var read = file.ReadFully(0, header);
        return SegmentFormat.PreviousEnd(header.AsSpan(0, read), number)
            ?? throw new CorruptStoreException(PathOf(number), 0, $"it has no valid header of segment {number} in a format this version reads.");
    }

    /// <summary>
    /// Cuts a torn tail and makes the rest durable, since it may have come from memory only: the process died, the machine did not.
    /// </summary>
    private long Repair(int number)
    {
        using var file = disk.OpenForWriting(PathOf(number));
        var reader = new SegmentReader(file, number, file.Length);
        long last = SegmentFormat.HeaderBytes, end = last;
        for (; reader.TryRead(end, out _, out var next); end = next) last = end;
        if (reader.WasDurable(end))
            throw new CorruptStoreException(file.Path, end, "a record that was durable fails its checksum.");
        if (file.Length != end) file.SetLength(end);
        if (end > last) WriteAgain(file, last, end);
        file.Sync(SyncPoint.FoundTail);
        disk.SyncFolder(folder, SyncPoint.FoundSegments);
        return end;
    }

    /// <summary>
    /// Writes the last commit as it was found; what is before it is durable, or it would not have been written. After a failed sync the system takes bytes
    /// for clean that it never wrote, and another sync would do nothing.
    /// </summary>
    private static void WriteAgain(IDiskFile file, long last, long end)
    {
        var header = new byte[SegmentFormat.RecordHeaderBytes];
        file.ReadFully(last, header);
        var buffer = new byte[Math.Min(CopyBytes, end - SegmentFormat.CommitStart(header))];
        for (var at = SegmentFormat.CommitStart(header); at < end;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
            file.ReadFully(at, part);
            file.Write(at, part);
            at += part.Length;
        }
    }
}
