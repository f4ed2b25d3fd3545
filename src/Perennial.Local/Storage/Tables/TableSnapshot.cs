using System.Globalization;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// The snapshots of a table journal: <c>snapshot-N</c> holds what the journal's segments before N say. Its bytes are a segment's, so
/// that they carry the same checksums; the last record says how many entities there are.
/// </summary>
internal sealed class TableSnapshot(IDisk disk, string folder)
{
    private const string Prefix = "snapshot-";
    private const int EntitiesARecord = 100;

    /// <summary>The segment with which the journal goes on after the newest snapshot; 1 when there is none.</summary>
    public int Newest()
    {
        disk.DeleteUnfinished(folder);
        return Numbers().DefaultIfEmpty(1).Max();
    }

    /// <summary>Reads a snapshot into the state and returns its bytes.</summary>
    /// <exception cref="CorruptStoreException">It is damaged.</exception>
    public long Load(int number, TableState state, Func<string, string> intern)
    {
        var path = PathOf(number);
        using var file = disk.OpenForReading(path) ?? throw new CorruptStoreException(path, 0, "the snapshot is missing.");
        var header = new byte[SegmentFormat.HeaderBytes];
        file.ReadFully(0, header);
        if (SegmentFormat.PreviousEnd(header, number) is not { } end || end != file.Length)
            throw new CorruptStoreException(path, 0, "the snapshot's header or length is wrong.");
        var reader = new SegmentReader(file, number, end);
        for (long offset = SegmentFormat.HeaderBytes; offset < end;)
        {
            if (!reader.TryRead(offset, out var payload, out var next))
                throw new CorruptStoreException(path, offset, "a record fails its checksum.");
            var (sequence, changes) = ChangeFormat.Decode(payload, intern);
            foreach (var change in changes) state.Apply(change);
            state.Sequence = Math.Max(state.Sequence, sequence);
            offset = next;
        }
        return end;
    }

    /// <summary>Writes a snapshot durably, then removes older ones. Returns its bytes.</summary>
    public long Write(int number, long sequence, IReadOnlyList<(string Table, IReadOnlyList<StoredEntity[]> Chunks)> tables)
    {
        var path = PathOf(number);
        var beside = path + DiskExtensions.UnfinishedEnding;
        long end;
        try
        {
            using (var file = disk.Create(beside))
            {
                end = WriteRecords(file, number, sequence, tables);
                file.Write(0, SegmentFormat.Header(number, end));
                file.Sync(SyncPoint.SnapshotContent);
            }
            disk.Rename(beside, path);
        }
        catch (IOException)
        {
            disk.DeleteQuietly(beside);
            throw;
        }
        disk.SyncFolder(folder, SyncPoint.SnapshotName);
        foreach (var old in Numbers().Where(old => old < number)) disk.DeleteQuietly(PathOf(old));
        return end;
    }

    private static long WriteRecords(IDiskFile file, int number, long sequence, IReadOnlyList<(string Table, IReadOnlyList<StoredEntity[]> Chunks)> tables)
    {
        long end = SegmentFormat.HeaderBytes;
        foreach (var (table, chunks) in tables)
        {
            foreach (var part in chunks.SelectMany(chunk => chunk).Chunk(EntitiesARecord))
                end = Add(part.Select(entity => new Change(table, entity.Partition, entity.Row, entity)).ToList());
        }
        // The sequence is kept also where no entity is left.
        return Add([]);

        long Add(IReadOnlyList<Change> changes)
        {
            var payload = ChangeFormat.Encode(sequence, changes);
            var record = new byte[SegmentFormat.RecordHeaderBytes + payload.Length];
            SegmentFormat.WriteRecord(record, number, end, SegmentFormat.HeaderBytes, payload);
            file.Write(end, record);
            return end + record.Length;
        }
    }

    private IEnumerable<int> Numbers()
    {
        foreach (var name in disk.Files(folder))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                yield return number;
        }
    }

    private string PathOf(int number) => Path.Combine(folder, Prefix + number.ToString("D8", CultureInfo.InvariantCulture));
}
