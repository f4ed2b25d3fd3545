namespace Perennial.Learning.Reading.Chunks;

/// <summary>Whole records of a file in order, and the buffer that one worker reads chunk after chunk into.</summary>
internal sealed class ByteChunk
{
    /// <summary>Bytes after the last record that a kernel may read: spaces, never part of a cell.</summary>
    public const int Padding = 64;

    /// <summary>The buffer, pinned; it begins with the chunk's first record.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>The place of the chunk in the file, from 0.</summary>
    public int Index { get; set; }

    /// <summary>The bytes of the file that belong to the chunk.</summary>
    public int Length { get; private set; }

    /// <summary><see cref="Length"/>, and one more where the file ended without a line end and LF was put there.</summary>
    public int TerminatedLength { get; private set; }

    /// <summary>Whether the last record is longer than one may be, and cut off.</summary>
    public bool Truncated { get; private set; }

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);

    /// <summary>Makes room for so many bytes and the padding, keeping the first ones.</summary>
    public void Reserve(int length, int keep)
    {
        if (Bytes.Length - Padding > length) return;
        var larger = GC.AllocateUninitializedArray<byte>(length + Padding + 1, pinned: true);
        Bytes.AsSpan(0, keep).CopyTo(larger);
        Bytes = larger;
    }

    /// <summary>Sets the end of the chunk; what follows it in the buffer is overwritten.</summary>
    public void Close(int length, bool truncated)
    {
        (Length, TerminatedLength, Truncated) = (length, length, truncated);
        if (length > 0 && Bytes[length - 1] != (byte)'\n') Bytes[TerminatedLength++] = (byte)'\n';
        Bytes.AsSpan(TerminatedLength, Padding).Fill((byte)' ');
    }

    /// <summary>Takes so many bytes off the front.</summary>
    public void Skip(int count)
    {
        Bytes.AsSpan(count, Length - count).CopyTo(Bytes);
        Close(Length - count, Truncated);
    }
}
