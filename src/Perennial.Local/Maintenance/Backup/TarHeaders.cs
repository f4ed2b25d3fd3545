using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>
/// Looks over a tar's headers before a reader takes them: the reader holds extended headers (POSIX.1-2017, pax) whole in memory,
/// however long they say they are.
/// </summary>
internal static class TarHeaders
{
    /// <summary>No extended header of a backup comes near this, in bytes.</summary>
    public const int MaxExtended = 64 * 1024;

    private const int Block = 512;
    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int TypeAt = 156;

    /// <summary>Goes over a seekable archive and back to its beginning.</summary>
    /// <exception cref="InvalidDataException">An extended header is too long, or a length is none.</exception>
    public static void Check(Stream archive)
    {
        Span<byte> header = stackalloc byte[Block];
        archive.Position = 0;
        while (archive.ReadAtLeast(header, Block, throwOnEndOfStream: false) == Block && header.ContainsAnyExcept((byte)0))
        {
            var size = Size(header.Slice(SizeAt, SizeLength));
            if (header[TypeAt] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K' && size > MaxExtended)
                throw new InvalidDataException($"an extended header of {size} bytes");
            var next = archive.Position + (size + Block - 1) / Block * Block;
            if (size < 0 || next > archive.Length) throw new InvalidDataException($"a file of {size} bytes where {archive.Length - archive.Position} are left");
            archive.Position = next;
        }
        archive.Position = 0;
    }

    // Octal digits, or, for large files, a binary number with the highest bit set before it.
    private static long Size(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return BinaryPrimitives.ReadInt64BigEndian(field[4..]);
        var digits = Encoding.ASCII.GetString(field).Trim('\0', ' ');
        return digits.Aggregate(0L, (value, digit) => digit is >= '0' and <= '7'
            ? value * 8 + (digit - '0')
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"a length of '{digits}'")));
    }
}
