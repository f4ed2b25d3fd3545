using System.Globalization;
using System.IO.Compression;
using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

/// <summary>Runs while no other test does, as it looks at the memory of the whole process.</summary>
[CollectionDefinition("memory", DisableParallelization = true)]
public sealed class MemoryCollection;

/// <summary>What reading takes at its peak: resident memory as Linux counts it, since most of it is not the runtime's.</summary>
[Collection("memory")]
public class MemoryTests
{
    private const int Rows = 2_000_000;

    // Chunks, positions and the collector's youngest generation: the same for a file of any length.
    private const long FixedBytes = 32 << 20;

    private static readonly ReadOptions Options = new() { BufferBytes = 1 << 18, LargestBlock = 1 << 15, PartRows = 1 << 16, CodingTrial = 512, Threads = 2 };

    /// <summary>Flights as CSV, a row at a time, so that the text is nowhere as a whole.</summary>
    private sealed class Flights : Stream
    {
        private static readonly DateTime Start = new(2001, 1, 1);
        private readonly MemoryStream _line = new(128);
        private int _row = -1;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public long Bytes { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = 0;
            while (read < count && (_line.Position < _line.Length || Next())) read += _line.Read(buffer, offset + read, count - read);
            Bytes += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private bool Next()
        {
            if (_row == Rows) return false;
            _line.SetLength(0);
            Span<byte> text = stackalloc byte[128];
            if (_row < 0) _line.Write("date,delay,distance,origin,destination\n"u8);
            else
            {
                System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture,
                    $"{Start.AddMinutes(_row / 8):yyyy-MM-dd HH:mm:ss},{_row * 7919L % 1500 - 60},{_row * 104729L % 1400 + 20},A{_row % 270},B{_row * 31L % 270}\n", out var length);
                _line.Write(text[..length]);
            }
            _line.Position = 0;
            _row++;
            return true;
        }
    }

    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;

    /// <summary>How far resident memory rose above where it was at most, while something was done.</summary>
    private static long Peak(Action work)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = Status("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5");
        work();
        return Status("VmHWM") - before;
    }

    private static MemoryStream Gzip(Flights flights)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) flights.CopyTo(gzip);
        packed.Position = 0;
        return packed;
    }

    [MeasuredMemoryTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_takes_at_most_one_and_a_half_times_the_frame_and_never_the_whole_text(bool gzip)
    {
        // The first read compiles the code.
        CsvReader.Read(new MemoryStream(Encoding.UTF8.GetBytes("date,delay\n2001-01-01 00:00:00,1\n2001-01-01 00:01:00,2\n")), Options);
        var flights = new Flights();
        Stream stream = gzip ? Gzip(flights) : flights;
        Frame? frame = null;
        var peak = Peak(() => frame = CsvReader.Read(stream, Options).Frame);

        Assert.Equal(
            [ColumnType.Timestamp, ColumnType.Numeric, ColumnType.Numeric, ColumnType.Categorical, ColumnType.Categorical], frame!.Columns.Select(c => c.Type));
        const long FrameBytes = (8 + 8 + 8 + 4 + 4) * (long)Rows;
        Assert.True(peak <= FrameBytes * 3 / 2 + FixedBytes, $"{peak:N0} bytes for a frame of {FrameBytes:N0}");

        // What would hold the text too could not pass.
        Assert.True(flights.Bytes + FrameBytes > FrameBytes * 3 / 2 + FixedBytes / 2, $"the text has only {flights.Bytes:N0} bytes");
    }
}
