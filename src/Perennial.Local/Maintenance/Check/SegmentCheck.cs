using System.Globalization;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Maintenance.Check;

/// <summary>Reads every record of a log's segments and of snapshots, which have the same bytes.</summary>
/// <param name="disk">The disk.</param>
/// <param name="tally">Where what is found goes.</param>
/// <param name="meaning">What damage in this log means.</param>
/// <param name="cancellationToken">Cancels.</param>
internal sealed class SegmentCheck(IDisk disk, CheckTally tally, string meaning, CancellationToken cancellationToken)
{
    private const string Ending = ".seg";
    private const string Remedy = "Restore the folder from a backup.";

    /// <summary>Checks the segments of a folder from a number on; those before it are rubbish that the next start removes.</summary>
    public void Log(string folder, int from)
    {
        if (!disk.FolderExists(folder)) return;
        var numbers = disk.Finished(folder).Select(Number).Where(number => number >= from).Order().ToList();
        var expected = from;
        for (var i = 0; i < numbers.Count; expected = numbers[i++] + 1)
        {
            for (; expected < numbers[i]; expected++) Missing(folder, expected);
            var isLast = i == numbers.Count - 1;
            Segment(SegmentPath(folder, numbers[i]), numbers[i], isLast ? null : EndOf(folder, numbers[i], numbers[i + 1]));
        }
        if (numbers.Count == 0 && from > 1) Missing(folder, from);
    }

    /// <summary>Checks a snapshot.</summary>
    public void Snapshot(string path, int number)
    {
        using var file = disk.OpenForReading(path)!;
        if (Header(file, number) is not { } end) Damaged(path, 0, "the snapshot's header is damaged.");
        else if (end != file.Length) Damaged(path, Math.Min(end, file.Length), $"the snapshot has {file.Length} bytes, and was written with {end}.");
        else Records(file, number, end);
        tally.FileDone(path, file.Length);
    }

    private void Segment(string path, int number, long? end)
    {
        using var file = disk.OpenForReading(path)!;
        if (Header(file, number) is null) Damaged(path, 0, $"it has no header of segment {number} in a format that this version reads.");
        if (end > file.Length) Damaged(path, file.Length, $"the segment has {file.Length} bytes, and {end} of it were durable.");
        else if (end is { } known) Records(file, number, known);
        else Tail(file, number);
        tally.FileDone(path, file.Length);
    }

    /// <summary>All records up to an end that is known. Behind a damaged one it goes on where that one says that it ends, if a record is there.</summary>
    private void Records(IDiskFile file, int number, long end)
    {
        var reader = new SegmentReader(file, number, end);
        for (long offset = SegmentFormat.HeaderBytes; offset < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.TryRead(offset, out _, out var next))
            {
                tally.Records++;
                offset = next;
                continue;
            }
            var behind = Behind(file, offset);
            var goesOn = behind == end || (behind < end && reader.TryRead(behind, out _, out _));
            Damaged(file.Path, offset, goesOn ? "a record fails its checksum." : "a record fails its checksum; what follows in the file cannot be told apart.");
            offset = goesOn ? behind : end;
        }
    }

    /// <summary>The records of a log's last segment, whose end nothing says: what is not valid there was cut off by a crash, unless a later record knew it to be durable.</summary>
    private void Tail(IDiskFile file, int number)
    {
        var reader = new SegmentReader(file, number, file.Length);
        long end = SegmentFormat.HeaderBytes;
        while (reader.TryRead(end, out _, out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tally.Records++;
            end = next;
        }
        if (reader.WasDurable(end)) Damaged(file.Path, end, "a record that was durable fails its checksum.");
        else if (HoldsMore(file, end)) tally.Note(file.Path, $"a write that was not acknowledged was cut short at byte {end}; the next start removes it.");
    }

    private static bool HoldsMore(IDiskFile file, long from)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = file.Read(from, buffer)) > 0; from += read)
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) return true;
        return false;
    }

    private static long Behind(IDiskFile file, long offset)
    {
        var header = new byte[SegmentFormat.RecordHeaderBytes];
        var length = file.ReadFully(offset, header) == header.Length ? SegmentFormat.PayloadLength(header) : -1;
        return length < 0 ? long.MaxValue : offset + header.Length + length;
    }

    /// <summary>Where a segment ends, as the header of the next one says; null where that cannot be read.</summary>
    private long? EndOf(string folder, int number, int next)
    {
        if (next != number + 1) return null;
        using var file = disk.OpenForReading(SegmentPath(folder, next))!;
        return Header(file, next);
    }

    private static long? Header(IDiskFile file, int number)
    {
        var header = new byte[SegmentFormat.HeaderBytes];
        return SegmentFormat.PreviousEnd(header.AsSpan(0, file.ReadFully(0, header)), number);
    }

    private void Missing(string folder, int number) =>
        tally.Found("segment-missing", SegmentPath(folder, number), null, "the segment is missing.", meaning, Remedy);

    private void Damaged(string path, long offset, string what) => tally.Found("segment-damaged", path, offset, what, meaning, Remedy);

    private static string SegmentPath(string folder, int number) => Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Ending);

    private static int Number(string path) =>
        path.EndsWith(Ending, StringComparison.Ordinal)
        && int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
