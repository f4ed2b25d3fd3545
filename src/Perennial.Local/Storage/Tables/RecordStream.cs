using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// Writes the records of a snapshot one after another, many with one write, the header last. It syncs as it goes: much that is written and not
/// synced would hold up the commits of those who write meanwhile.
/// </summary>
internal sealed class RecordStream(IDiskFile file, int number)
{
    private const int BufferBytes = 1024 * 1024;
    private const long UnsyncedBytes = 8 * 1024 * 1024;
    private byte[] _buffer = new byte[4096];
    private long _start = SegmentFormat.HeaderBytes;
    private long _synced;
    private int _used;

    public void Add(ReadOnlySpan<byte> payload)
    {
        var length = SegmentFormat.RecordHeaderBytes + payload.Length;
        // It grows with the snapshot: small stores stay small.
        if (_used + length > _buffer.Length) Array.Resize(ref _buffer, Math.Min(Math.Max(2 * _buffer.Length, _used + length), Math.Max(_buffer.Length, BufferBytes)));
        if (_used + length > _buffer.Length) Flush();
        if (length > _buffer.Length) _buffer = new byte[length];
        SegmentFormat.WriteRecord(_buffer.AsSpan(_used), number, _start + _used, SegmentFormat.HeaderBytes, payload);
        _used += length;
    }

    /// <summary>Writes the rest and the header, makes all durable and returns where the last record ends.</summary>
    public long Finish()
    {
        Flush();
        file.Write(0, SegmentFormat.Header(number, _start));
        Sync();
        return _start;
    }

    private void Flush()
    {
        if (_used > 0) file.Write(_start, _buffer.AsSpan(0, _used));
        _start += _used;
        _used = 0;
        if (_start - _synced >= UnsyncedBytes) Sync();
    }

    private void Sync()
    {
        file.Sync(SyncPoint.SnapshotContent);
        _synced = _start;
    }
}
