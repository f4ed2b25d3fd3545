using System.Globalization;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Reading Parquet beside the same table as CSV: the frames must be the same, value for value.</summary>
internal sealed class ParquetPart : IBenchPart
{
    private const int Rounds = 3, WarmReads = 5;

    public string Name => "parquet";

    public string Title => "Reading Parquet";

    public void Run(Section section, string scratch)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS") is not { Length: > 0 } csv
            || Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS_PARQUET") is not { Length: > 0 } parquet)
        {
            section.Say("This part was left out: PERENNIAL_BENCH_FLIGHTS and PERENNIAL_BENCH_FLIGHTS_PARQUET, the same table as Parquet with Snappy, are not both set.");
            return;
        }
        section.Say($"flights-3m as Parquet (Snappy) beside `CsvReader` on the same table. Both are warm: the best of {WarmReads} reads in one process; they take turns, {Rounds} rounds, and the best of each is shown.");
        section.Table("file", "MB", "warm seconds", "warm user seconds", "peak MB", "the same frame as from CSV");
        var same = Same(Read(csv), Read(parquet)) ? "yes" : "NO";
        var (fromCsv, fromParquet) = (new List<Measurement>(), new List<Measurement>());
        for (var round = 0; round < Rounds; round++)
        {
            section.Progress($"round {round + 1} of {Rounds}");
            fromCsv.Add(Measurement.OfChild(this, csv));
            fromParquet.Add(Measurement.OfChild(this, parquet));
        }
        Row(section, csv, fromCsv, "");
        Row(section, parquet, fromParquet, same);
    }

    public string Child(string[] arguments) =>
        Enumerable.Range(0, WarmReads).Select(_ => Measurement.Take(() => Read(arguments[0]), frame => frame.RowCount)).MinBy(m => m.Seconds)!.ToJson();

    private static void Row(Section section, string path, List<Measurement> runs, string same)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        section.Row(Path.GetExtension(path)[1..], Text($"{new FileInfo(path).Length / 1e6:0.0}"), Text($"{runs.Min(r => r.Seconds):0.000}"), Text($"{runs.Min(r => r.UserSeconds):0.000}"),
            Text($"{runs.Max(r => r.PeakMegabytes):0}"), same);
    }

    private static Frame Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        var options = new ReadOptions { Source = Path.GetFileName(path) };
        return (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase) ? ParquetReader.Read(file, options) : CsvReader.Read(file, options)).Frame;
    }

    private static bool Same(Frame one, Frame other) => one.Schema.SequenceEqual(other.Schema) && one.Columns.All(column => (column, other[column.Name]) switch
    {
        (NumericColumn a, NumericColumn b) => a.Values.SequenceEqual(b.Values),
        (TimestampColumn a, TimestampColumn b) => a.Ticks.SequenceEqual(b.Ticks),
        (CategoricalColumn a, CategoricalColumn b) => a.Codes.SequenceEqual(b.Codes) && a.Levels.SequenceEqual(b.Levels),
        (TextColumn a, TextColumn b) => a.Values.SequenceEqual(b.Values),
        (BooleanColumn a, BooleanColumn b) => a.Values.SequenceEqual(b.Values),
        _ => false,
    });
}
