using System.Buffers.Binary;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>A file's bytes, for all threads: one at a time seeks and reads.</summary>
internal sealed class ParquetFile(Stream stream, ReadOptions options, CancellationToken ct)
{
    private const int MagicBytes = 4, TailBytes = 8, MaxFooterBytes = 64 << 20;
    private readonly Lock _lock = new();

    /// <summary>The file's bytes.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Where the pages end, and the footer begins.</summary>
    public long DataEnd { get; private set; }

    public ParquetFaults Faults { get; } = new(options.Source);

    /// <summary>Fills the span with bytes of the file that are known to be there.</summary>
    public void Read(long at, Span<byte> to)
    {
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            stream.Position = at;
            if (stream.ReadAtLeast(to, to.Length, throwOnEndOfStream: false) < to.Length)
                throw Faults.Damaged("the file is shorter than it was", at);
        }
    }

    /// <summary>Reads what the file says of itself.</summary>
    public ParquetFooter ReadFooter()
    {
        if (Length < MagicBytes + TailBytes) throw NotParquet();
        Span<byte> head = stackalloc byte[MagicBytes], tail = stackalloc byte[TailBytes];
        Read(0, head);
        Read(Length - TailBytes, tail);
        if (tail[4..].SequenceEqual("PARE"u8)) throw Encrypted();
        if (!head.SequenceEqual(ParquetReader.Magic)) throw NotParquet();
        if (!tail[4..].SequenceEqual(ParquetReader.Magic)) throw Faults.Damaged("its end is missing", Length);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (bytes > Length - MagicBytes - TailBytes) throw Faults.Damaged("its footer is said to be longer than the file", Length - TailBytes);
        if (bytes > MaxFooterBytes) throw Faults.Of("footer-too-long", $"The Parquet file's footer is longer than {MaxFooterBytes:N0} bytes. Write larger row groups.");
        DataEnd = Length - TailBytes - bytes;
        var footer = new byte[bytes];
        Read(DataEnd, footer);
        try
        {
            var read = FooterReader.Read(footer, options, Faults);
            return read.Encrypted ? throw Encrypted() : read;
        }
        catch (ThriftFault fault)
        {
            throw Faults.Damaged($"its footer cannot be read, as {fault.Message}", DataEnd + fault.At);
        }
    }

    private DataFormatException NotParquet() => Faults.Of("not-parquet", "The file is not Parquet: it does not begin with PAR1. Is its name right?");

    private DataFormatException Encrypted() => Faults.Of("encrypted-parquet", "The Parquet file is encrypted, which is not read. Write it without encryption.");
}
