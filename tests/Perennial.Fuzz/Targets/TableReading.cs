using System.IO.Compression;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Fuzz.Targets;

/// <summary>What the targets that read tables share: options, what comes of a read, and gzip.</summary>
internal static class TableReading
{
    /// <summary>What any input may expand to: little, so that what takes more than that is found.</summary>
    public const int FreeExpansion = 1 << 20;

    private static readonly ReadOptions Plain = new();

    /// <summary>Options drawn at random; names are columns that may be declared.</summary>
    public static ReadOptions Options(Xoshiro256 random, string[] names)
    {
        var options = Plain with
        {
            MaxBadRows = new[] { 0, 2, 1000 }[random.Next(3)],
            MaxLineBytes = random.Next(4) == 0 ? 64 : Plain.MaxLineBytes,
            MaxCategoricalLevels = random.Next(2) == 0 ? 3 : Plain.MaxCategoricalLevels,
            MaxColumns = random.Next(4) == 0 ? 6 : Plain.MaxColumns,
            BufferBytes = 1 + random.Next(1 << (3 + random.Next(8))),
            Threads = random.Next(16) == 0 ? 2 : 1,
            FreeExpansion = FreeExpansion,
            MaxExpansion = 10,
        };
        if (random.Next(4) == 0) options = options with { MissingTokens = new HashSet<string>(StringComparer.Ordinal) { "", "NA", "?" } };
        var declared = new ColumnSchema(names[random.Next(names.Length)], (ColumnType)random.Next(5));
        return random.Next(8) switch
        {
            0 => options with { Types = new Dictionary<string, ColumnType> { [declared.Name] = declared.Type } },
            1 => options with { Schema = [declared] },
            _ => options,
        };
    }

    /// <summary>Reads, and goes through every cell of what comes of it.</summary>
    /// <param name="read">The reader.</param>
    /// <param name="isFirstStage">Whether a refusal is one of the first stage.</param>
    public static Reach Reach(Func<ReadResult> read, Func<DataFormatException, bool> isFirstStage)
    {
        try
        {
            var result = read();
            var length = 0L;
            foreach (var column in result.Frame.Columns)
                for (var row = 0; row < result.Frame.RowCount; row++) length += column.Format(row)?.Length ?? 0;
            return result.Frame.RowCount > 0 && length >= 0 ? Fuzz.Reach.Whole : throw new InvalidOperationException("A frame has no row.");
        }
        catch (DataFormatException fault)
        {
            return isFirstStage(fault) ? Fuzz.Reach.FirstStage : Fuzz.Reach.Beyond;
        }
    }

    /// <summary>The bytes as gzip, now and then damaged.</summary>
    public static byte[] Gzip(byte[] bytes, Xoshiro256 random)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return random.Next(4) == 0 ? Mutations.ByteMutation.Of(packed.ToArray(), random) : packed.ToArray();
    }

    /// <summary>The first line, counted from 1, that is not empty.</summary>
    public static int FirstLine(ReadOnlySpan<byte> text)
    {
        var line = 1;
        for (var at = 0; at < text.Length && text[at] is (byte)'\r' or (byte)'\n'; at++)
            if (text[at] == (byte)'\n' || at + 1 == text.Length || text[at + 1] != (byte)'\n') line++;
        return line;
    }
}
