using System.Buffers.Binary;
using Perennial.Fuzz.Mutations;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;
using Perennial.Learning.Tests.Reading.Parquet;

namespace Perennial.Fuzz.Targets;

/// <summary>Parquet: whole files in every way that the reader knows, with footer, page headers or pages changed.</summary>
internal sealed class ParquetTarget : IFuzzTarget
{
    private const int TailBytes = 8, MostRows = 20, Files = 200, RareIn = 256, MostRepeated = 400_000;

    private static readonly string[] Names = ["a", "when", "kind", "x", "no such column"];
    private static readonly string[] Kinds = ["red", "green", "", "é漢😀", "NA"];

    private static readonly byte[][] Wholes = [.. Enumerable.Range(0, Files).Select(seed => Written(new Xoshiro256((ulong)seed)))];

    public string Name => "parquet";

    public string FirstStage => "the magic, the footer and its schema; a case is past it when pages of a column were looked for";

    public byte[] Draw(Xoshiro256 random)
    {
        if (random.Next(RareIn) == 0) return Dictionary(random);
        var whole = Wholes[random.Next(Wholes.Length)];
        return random.Next(8) switch
        {
            0 => ByteMutation.Of(whole, random),
            1 or 2 => WithFooter(whole, random),
            3 or 4 => WithHeader(whole, random),
            _ => WithPages(whole, random),
        };
    }

    public Reach Read(byte[] bytes, Xoshiro256 random)
    {
        var options = TableReading.Options(random, Names);
        return TableReading.Reach(() => ParquetReader.Read(new MemoryStream(bytes), options), IsOfFooter);
    }

    public long MostAllocated(int length) => 4 * TableReading.FreeExpansion + 64L * length;

    // What is wrong with a column's pages is told with the column's name; a schema is refused with it too, by codes of its own.
    private static bool IsOfFooter(DataFormatException fault) =>
        fault.Code is not ("no-rows" or "too-many-bad-rows" or "bad-cell")
        && (fault.Column is null || fault.Code is "nested-column" or "missing-column" or "duplicate-column-name" or "empty-column-name");

    private static int FooterAt(byte[] whole) => whole.Length - TailBytes - BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(whole.Length - TailBytes));

    private static byte[] WithFooter(byte[] whole, Xoshiro256 random)
    {
        var at = FooterAt(whole);
        var footer = ThriftValue.Read(whole.AsSpan(at), out _);
        if (random.Next(RareIn / 8) == 0) footer.Repeat(random, MostRepeated);
        else footer.Mutate(random);
        var written = footer.Write();
        return [.. whole[..at], .. written, .. BitConverter.GetBytes(written.Length), .. "PAR1"u8];
    }

    // The first page of a chunk: a changed header of the same length is what keeps the rest of the file where the footer says it is.
    private static byte[] WithHeader(byte[] whole, Xoshiro256 random)
    {
        var footer = ThriftValue.Read(whole.AsSpan(FooterAt(whole)), out _);
        var chunks = footer.Of(4).SelectMany(groups => groups.Elements).SelectMany(group => group.Of(1)).SelectMany(columns => columns.Elements);
        long[] starts = [.. chunks.SelectMany(chunk => chunk.Of(3)).Select(meta => (meta.Of(11).Concat(meta.Of(9)).First()).Number)];
        var at = (int)starts[random.Next(starts.Length)];
        var changed = whole;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var header = ThriftValue.Read(whole.AsSpan(at), out var length);
            header.Mutate(random);
            var written = header.Write();
            changed = [.. whole[..at], .. written, .. whole[(at + length)..]];
            if (written.Length == length) break;
        }
        return changed;
    }

    // A dictionary of very many equal entries for a row or two, which gzip makes short.
    private static byte[] Dictionary(Xoshiro256 random)
    {
        int physical = new[] { 1, 2, 4, 5, 6 }[random.Next(5)], width = physical is 2 or 5 ? sizeof(long) : sizeof(int);
        var entries = 1 << random.Next(21);
        var bomb = new ParquetBomb(physical, Columns: 1 + random.Next(3));
        return bomb.Write((2, random.Next(4) == 0 ? entries / 2 : entries, 0, new byte[entries * width]), (0, 1, 0, new byte[width]));
    }

    private static byte[] WithPages(byte[] whole, Xoshiro256 random)
    {
        var changed = whole.ToArray();
        for (var n = random.Next(4); n >= 0; n--)
        {
            var at = 4 + random.Next(FooterAt(whole) - 4);
            changed[at] = random.Next(2) == 0 ? (byte)(changed[at] ^ (1 << random.Next(8))) : (byte)random.Next(256);
        }
        return changed;
    }

    private static byte[] Written(Xoshiro256 random)
    {
        var rows = 1 + random.Next(MostRows);
        T[] Make<T>(Func<T> make) => [.. Enumerable.Range(0, rows).Select(_ => make())];
        Column[] columns =
        [
            new NumericColumn("a", Make(() => random.Next(4) == 0 ? double.NaN : random.Next(9) / 4.0)),
            new TimestampColumn("when", Make(() => random.Next(4) == 0 ? TimestampColumn.Missing : (long)(random.NextDouble() * DateTime.MaxValue.Ticks) / 10 * 10)),
            CategoricalColumn.From("kind", Make(() => random.Next(4) == 0 ? null : Kinds[random.Next(Kinds.Length)])),
            new BooleanColumn("x", Make(() => (sbyte)(random.Next(3) - 1))),
        ];
        return WrittenParquet.Of(new Frame([.. columns.Skip(random.Next(columns.Length))]), random);
    }
}
