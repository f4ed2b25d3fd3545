using System.Buffers.Binary;
using Perennial.Core.Ports;

namespace Perennial.Azure.Predictions;

/// <summary>A record in a blob: length of the payload (int32), ticks of the time (int64), its offset in minutes (int16), payload; little-endian.</summary>
internal static class LogFrames
{
    /// <summary>Bytes of a payload at most.</summary>
    public const int MaxPayloadBytes = 1024 * 1024;

    private const int HeaderBytes = sizeof(int) + sizeof(long) + sizeof(short);

    /// <summary>Bytes that hold any one frame.</summary>
    public const int MaxFrameBytes = HeaderBytes + MaxPayloadBytes;

    /// <exception cref="ArgumentException">The payload is too large.</exception>
    public static ReadOnlyMemory<byte> Encode(string stream, LogRecord record)
    {
        if (record.Payload.Length > MaxPayloadBytes)
            throw new ArgumentException($"A record of stream '{stream}' has {record.Payload.Length} bytes; at most 1 MiB is allowed.");
        var bytes = new byte[HeaderBytes + record.Payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(int)), record.Time.Ticks);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(sizeof(int) + sizeof(long)), (short)record.Time.TotalOffsetMinutes);
        record.Payload.CopyTo(bytes.AsMemory(HeaderBytes));
        return bytes;
    }

    /// <summary>The frame that begins the bytes, and its length; null where the bytes end before it.</summary>
    /// <exception cref="StoreDamagedException">It is no frame.</exception>
    public static (LogRecord Record, int Length)? Decode(string blob, long offset, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) return null;
        var header = bytes.Span;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(header[sizeof(int)..]);
        var minutes = BinaryPrimitives.ReadInt16LittleEndian(header[(sizeof(int) + sizeof(long))..]);
        if (length is < 0 or > MaxPayloadBytes || ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks || Math.Abs((int)minutes) > 14 * 60)
            throw new StoreDamagedException($"'{blob}' is damaged at byte {offset}: no record begins there. Restore it from the account's soft-deleted blobs.");
        return bytes.Length < HeaderBytes + length
            ? null
            : (new LogRecord(new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes)), bytes.Slice(HeaderBytes, length)), HeaderBytes + length);
    }
}
