using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Perennial.Local.Storage.Segments;

/// <summary>
/// The bytes of a segment, little-endian. Header (32 bytes): magic, version, number, end of the segment before, zeros, CRC-32C.
/// Record: length, CRC-32C, start of its commit, payload. The checksum covers the place too, so a record is valid nowhere else.
/// <para>
/// The start of the commit says that everything before it was durable when the record was written. That tells damage from a torn
/// tail: a bad record is torn only if no later one knew it to be durable.
/// </para>
/// </summary>
internal static class SegmentFormat
{
    public const int HeaderBytes = 32;
    public const int RecordHeaderBytes = 12;
    public const int MaxPayloadBytes = 64 * 1024 * 1024;
    private const uint Version = 1;
    private static readonly byte[] Magic = "PERENLOG"u8.ToArray();

    public static byte[] Header(int number, long previousEnd)
    {
        var bytes = new byte[HeaderBytes];
        Magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), previousEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Checksum(uint.MaxValue, bytes.AsSpan(0, 28)));
        return bytes;
    }

    /// <summary>The end of the segment before, or null when this is not the header of that segment.</summary>
    public static long? PreviousEnd(ReadOnlySpan<byte> header, int number)
    {
        var valid = header.Length == HeaderBytes && header.StartsWith(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Version
            && BinaryPrimitives.ReadInt32LittleEndian(header[12..]) == number
            && BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) == Checksum(uint.MaxValue, header[..28]);
        return valid ? BinaryPrimitives.ReadInt64LittleEndian(header[16..]) : null;
    }

    /// <summary>Writes a record and returns its whole length.</summary>
    public static int WriteRecord(Span<byte> target, int number, long offset, long commitStart, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], checked((uint)commitStart));
        payload.CopyTo(target[RecordHeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], RecordChecksum(target, payload, number, offset));
        return RecordHeaderBytes + payload.Length;
    }

    /// <summary>The payload's length that a record's header claims, or -1 when no record has such a length.</summary>
    public static int PayloadLength(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        return length is >= 0 and <= MaxPayloadBytes ? length : -1;
    }

    public static long CommitStart(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);

    public static bool IsValid(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int number, long offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == RecordChecksum(header, payload, number, offset);

    private static uint RecordChecksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int number, long offset)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (uint)number);
        crc = BitOperations.Crc32C(crc, (ulong)offset);
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(header));
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(header[8..]));
        return Checksum(crc, payload);
    }

    private static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
