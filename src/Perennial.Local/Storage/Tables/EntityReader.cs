using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// Reads the parts of an entity's bytes: numbers of seven bits a byte, the lowest first; bytes with their length before them; text with
/// the doubled length of its bytes before it, as UTF-8, or with one added to that as UTF-16 where it is no valid text, such as half of a pair.
/// </summary>
internal ref struct EntityReader(ReadOnlySpan<byte> bytes)
{
    // Names recur in all entities of a table: most are found here instead of being made anew.
    private static readonly string?[] Names = new string?[1024];
    private ReadOnlySpan<byte> _rest = bytes;

    public void Skip(int count) => _rest = _rest[count..];

    public byte ReadByte() => Take(1)[0];

    public long ReadLong() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public int ReadNumber()
    {
        uint number = 0;
        for (int i = 0, shift = 0; shift < 35; i++, shift += 7)
        {
            number |= (uint)(_rest[i] & 0x7F) << shift;
            if (_rest[i] >= 0x80) continue;
            Skip(i + 1);
            return (int)number;
        }
        throw new InvalidDataException("A number in a table record is too long.");
    }

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadNumber());

    public string ReadText()
    {
        var length = ReadNumber();
        var text = Take(length >> 1);
        return (length & 1) != 0 ? new string(MemoryMarshal.Cast<byte, char>(text)) : Encoding.UTF8.GetString(text);
    }

    /// <summary>Text that was probably read before.</summary>
    public string ReadName()
    {
        var before = _rest;
        var length = ReadNumber();
        var text = Take(length >> 1);
        if ((length & 1) == 0 && text.Length > 0)
        {
            ref var known = ref Names[(text.Length * 31 + text[0] * 17 + text[^1] * 7 + text[text.Length / 2]) & (Names.Length - 1)];
            if (known is { } name && Ascii.Equals(text, name)) return name;
            if (Ascii.IsValid(text)) return known = Encoding.ASCII.GetString(text);
        }
        _rest = before;
        return ReadText();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var part = _rest[..count];
        Skip(count);
        return part;
    }
}
