using System.Buffers.Binary;

namespace Perennial.Learning.Reading;

/// <summary>Byte strings as dictionary keys that can be looked up by span.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        var hash = (ulong)alternate.Length * Multiplier;
        if (alternate.Length >= 8)
        {
            // The last eight bytes may be mixed in twice in part, which is the same for equal strings.
            var last = BinaryPrimitives.ReadUInt64LittleEndian(alternate[^8..]);
            for (; alternate.Length > 8; alternate = alternate[Math.Min(8, alternate.Length - 8)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
            return (int)(Mix(hash ^ last) >> 32);
        }
        ulong tail = 0;
        foreach (var b in alternate) tail = (tail << 8) | b;
        return (int)(Mix(hash ^ tail) >> 32);

        static ulong Mix(ulong value)
        {
            value *= Multiplier;
            return value ^ (value >> 29);
        }
    }
}
