using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
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
    private const int RecordBytes = 32 * 1024;

    /// <summary>The segment with which the journal goes on after the newest snapshot; 1 when there is none.</summary>
    public int Newest()
    {
        disk.DeleteUnfinished(folder);
        return Numbers().DefaultIfEmpty(1).Max();
    }

    /// <summary>Reads a snapshot into the state and returns its bytes.</summary>
    /// <exception cref="CorruptStoreException">It is damaged.</exception>
    /// <exception cref="UnreadableStoreException">It is of a newer version.</exception>
    public long Load(int number, TableState state)
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
            try
            {
                state.Sequence = Math.Max(state.Sequence, ChangeFormat.Decode(payload.Span, state.Apply));
            }
            catch (Exception e) when (UnreadableStoreException.IsReason(e))
            {
                throw new UnreadableStoreException(path, e);
            }
            offset = next;
        }
        return end;
    }

    /// <summary>Writes a snapshot durably, then removes older ones. Returns its bytes.</summary>
    public long Write(int number, long sequence, IReadOnlyList<(string Table, IReadOnlyList<EntityChunk> Chunks)> tables)
    {
        var path = PathOf(number);
        var beside = path + DiskExtensions.UnfinishedEnding;
        long end;
        try
        {
            using (var file = disk.Create(beside)) end = WriteRecords(file, number, sequence, tables);
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

    private static long WriteRecords(IDiskFile file, int number, long sequence, IReadOnlyList<(string Table, IReadOnlyList<EntityChunk> Chunks)> tables)
    {
        var records = new RecordStream(file, number);
        var part = new List<StoredEntity>();
        foreach (var (table, chunks) in tables)
        {
            var bytes = 0;
            foreach (var chunk in chunks)
            {
                for (var i = 0; i < chunk.Count; i++)
                {
                    part.Add(chunk[i]);
                    if ((bytes += chunk[i].Bytes.Length) >= RecordBytes) Add();
                }
            }
            if (part.Count > 0) Add();

            void Add()
            {
                Write(table);
                bytes = 0;
            }
        }
        // The sequence is kept also where no entity is left.
        Write("");
        return records.Finish();

        void Write(string table)
        {
            var record = ChangeFormat.Encode(table, sequence, CollectionsMarshal.AsSpan(part));
            records.Add(record);
            ArrayPool<byte>.Shared.Return(record.Array!);
            part.Clear();
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
