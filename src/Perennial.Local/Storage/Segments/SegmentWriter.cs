using System.Buffers;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>
/// Appends to one segment. Zeros are written ahead of the end, so that most syncs change neither length nor extents and need no
/// commit of the file system's journal. After a failure the writer must be abandoned: what a failed sync left is unknown.
/// </summary>
internal sealed class SegmentWriter(IDiskFile file, int number, long end, int writeAhead) : IDisposable
{
    private static readonly byte[] Zeros = new byte[256 * 1024];
    private long _written = end;

    public int Number => number;

    /// <summary>Where the next record begins; everything before is durable.</summary>
    public long End { get; private set; } = end;

    /// <summary>Writes records with one sync and returns where each begins.</summary>
    public LogPosition[] Commit(IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        var positions = new LogPosition[payloads.Count];
        long total = 0;
        foreach (var payload in payloads) total += SegmentFormat.RecordHeaderBytes + payload.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)total));
        try
        {
            var used = 0;
            for (var i = 0; i < positions.Length; i++)
            {
                positions[i] = new LogPosition(number, End + used);
                used += SegmentFormat.WriteRecord(buffer.AsSpan(used), number, End + used, End, payloads[i].Span);
            }
            file.Write(End, buffer.AsSpan(0, used));
            WriteAhead(End + used);
            file.Sync(SyncPoint.Commit);
            End += used;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return positions;
    }

    /// <summary>Cuts everything after the last durable record, where that is possible; the next segment's header says the same.</summary>
    public void Abandon()
    {
        try
        {
            file.SetLength(End);
        }
        catch (IOException)
        {
        }
        file.Dispose();
    }

    public void Dispose() => file.Dispose();

    private void WriteAhead(long end)
    {
        if (end <= _written) return;
        // It grows with the segment: small stores stay small.
        var until = end + Math.Min(writeAhead, end);
        try
        {
            for (var at = end; at < until; at += Zeros.Length) file.Write(at, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, until - at)));
            _written = until;
        }
        catch (StoreFullException)
        {
            // The records themselves found room.
        }
    }
}
