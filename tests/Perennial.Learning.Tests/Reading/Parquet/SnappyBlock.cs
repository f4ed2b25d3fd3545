namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>Writes Snappy with every kind of element: literals with short and long lengths, copies with offsets of one, two and four bytes.</summary>
internal static class SnappyBlock
{
    public static byte[] Of(ReadOnlySpan<byte> body)
    {
        var bytes = new List<byte>(ThriftWriter.Varint((ulong)body.Length));
        var lastAt = new Dictionary<uint, int>();
        var literal = 0;
        for (var at = 0; at + 4 <= body.Length;)
        {
            var key = BitConverter.ToUInt32(body[at..]);
            var known = lastAt.TryGetValue(key, out var from);
            lastAt[key] = at;
            if (!known)
            {
                at++;
                continue;
            }
            var length = 4;
            while (length < 64 && at + length < body.Length && body[from + length] == body[at + length]) length++;
            AddLiteral(bytes, body[literal..at]);
            AddCopy(bytes, at - from, length);
            at += length;
            literal = at;
        }
        AddLiteral(bytes, body[literal..]);
        return [.. bytes];
    }

    private static void AddLiteral(List<byte> bytes, ReadOnlySpan<byte> literal)
    {
        if (literal.IsEmpty) return;
        var stored = literal.Length - 1;
        if (stored < 60) bytes.Add((byte)(stored << 2));
        else
        {
            var size = stored < 1 << 8 ? 1 : stored < 1 << 16 ? 2 : 3;
            bytes.Add((byte)((59 + size) << 2));
            for (var i = 0; i < size; i++) bytes.Add((byte)(stored >> (8 * i)));
        }
        bytes.AddRange(literal);
    }

    private static void AddCopy(List<byte> bytes, int offset, int length)
    {
        if (length <= 11 && offset < 1 << 11)
        {
            bytes.Add((byte)((offset >> 8) << 5 | (length - 4) << 2 | 1));
            bytes.Add((byte)offset);
        }
        else
        {
            var size = offset < 1 << 16 && length % 2 == 0 ? 2 : 4;
            bytes.Add((byte)((length - 1) << 2 | (size == 2 ? 2 : 3)));
            for (var i = 0; i < size; i++) bytes.Add((byte)(offset >> (8 * i)));
        }
    }
}
