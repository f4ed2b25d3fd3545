namespace Perennial.Learning.Reading.Parquet;

/// <summary>Expands one block of Snappy (google/snappy, format_description.txt).</summary>
internal static class Snappy
{
    /// <summary>No block expands further: a copy of three bytes stands for at most 64.</summary>
    public const int MostExpansion = 22;

    /// <summary>Fills <paramref name="to"/>; false where the block is damaged or holds more or less than that.</summary>
    public static bool TryExpand(ReadOnlySpan<byte> block, Span<byte> to)
    {
        if (!TryLength(ref block, out var length) || length != to.Length) return false;
        var at = 0;
        for (var i = 0; i < block.Length;)
        {
            int tag = block[i++];
            if ((tag & 3) == 0)
            {
                if (!TryLiteral(block, tag, ref i, out var count) || count > to.Length - at) return false;
                block.Slice(i, count).CopyTo(to[at..]);
                (i, at) = (i + count, at + count);
            }
            else
            {
                if (!TryCopy(block, tag, ref i, out var offset, out var count)) return false;
                if (offset <= 0 || offset > at || count > to.Length - at) return false;
                Repeat(to, at, offset, count);
                at += count;
            }
        }
        return at == to.Length;
    }

    private static bool TryLength(ref ReadOnlySpan<byte> block, out uint length)
    {
        length = 0;
        for (var i = 0; i < 5 && i < block.Length; i++)
        {
            if (i == 4 && block[i] > 15) return false;
            length |= (uint)(block[i] & 0x7F) << (7 * i);
            if (block[i] >= 0x80) continue;
            block = block[(i + 1)..];
            return true;
        }
        return false;
    }

    /// <summary>Bytes to be taken as they are: the number of them in the tag, or in one to four bytes after it.</summary>
    private static bool TryLiteral(ReadOnlySpan<byte> block, int tag, ref int i, out int count)
    {
        count = (tag >> 2) + 1;
        if (count > 60)
        {
            var bytes = count - 60;
            if (block.Length - i < bytes) return false;
            uint stored = 0;
            for (var b = 0; b < bytes; b++) stored |= (uint)block[i++] << (8 * b);
            if (stored >= int.MaxValue) return false;
            count = (int)stored + 1;
        }
        return count <= block.Length - i;
    }

    /// <summary>Bytes to be repeated: how far back in one, two or four bytes.</summary>
    private static bool TryCopy(ReadOnlySpan<byte> block, int tag, ref int i, out int offset, out int count)
    {
        var bytes = (tag & 3) == 3 ? 4 : tag & 3;
        (offset, count) = (0, (tag >> 2) + 1);
        if (block.Length - i < bytes) return false;
        if (bytes == 1) (offset, count) = (((tag >> 5) << 8) | block[i], ((tag >> 2) & 7) + 4);
        else if (bytes == 2) offset = block[i] | (block[i + 1] << 8);
        else offset = block[i] | (block[i + 1] << 8) | (block[i + 2] << 16) | (block[i + 3] << 24);
        i += bytes;
        return true;
    }

    private static void Repeat(Span<byte> to, int at, int offset, int count)
    {
        // Where the copy reaches into itself, each round doubles what can be copied at once.
        for (var done = 0; done < count;)
        {
            var some = Math.Min(count - done, offset + done);
            to.Slice(at - offset, some).CopyTo(to[(at + done)..]);
            done += some;
        }
    }
}
