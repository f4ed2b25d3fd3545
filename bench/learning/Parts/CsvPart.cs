using System.Diagnostics;
using System.Globalization;
using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Reading CSV beside pandas: from a file in the system's cache to a typed frame, types inferred and dates parsed.</summary>
internal sealed class CsvPart : IBenchPart
{
    private const int Rounds = 3, WarmReads = 25;

    private static readonly string Python = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_PYTHON") ?? "/usr/bin/python3";

    public string Name => "csv";

    public string Title => "Reading CSV";

    public void Run(Section section, string scratch)
    {
        section.Say($"`read_csv` and `to_datetime` of pandas beside `CsvReader`. Warm is the best of {WarmReads} reads in one process; fresh is one read in a process of its own, "
            + $"its start and imports included: as built, and published with its code compiled beforehand. Contenders take turns, {Rounds} rounds, and the best of each is shown. The peak is that of the fresh process, in parts of the frame's own bytes.");
        section.Table("file", "contender", "warm seconds", "warm user seconds", "fresh seconds", "peak MB", "peak over frame",
            "pandas' warm seconds over it", "user seconds over it", "fresh seconds over it");
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS") is { Length: > 0 } csv) Measure(section, scratch, "flights-3m", csv, "date");
        else section.Say("flights-3m was left out: PERENNIAL_BENCH_FLIGHTS is not set.");
        Measure(section, scratch, "quoted cells, line ends within, 300,000 x 4", Written(scratch, "quoted", 300_000, Quoted), "at");
        Measure(section, scratch, "random normal, 40,000 x 50", Written(scratch, "normal", 40_000, Normal), "");
    }

    public string Child(string[] arguments)
    {
        var reads = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        return Enumerable.Range(0, reads).Select(_ => Measurement.Take(() => Read(arguments[0]), Bytes)).MinBy(m => m.Seconds)!.ToJson();
    }

    private static Frame Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        return CsvReader.Read(file, new ReadOptions { Source = Path.GetFileName(path) }).Frame;
    }

    private static double Bytes(Frame frame) => frame.Columns.Sum(column => column switch
    {
        NumericColumn or TimestampColumn => 8.0 * column.Length,
        CategoricalColumn categories => 4.0 * column.Length + categories.Levels.ToArray().Sum(StringBytes),
        TextColumn text => 8.0 * column.Length + text.Values.ToArray().Distinct().Sum(StringBytes),
        _ => column.Length,
    });

    // A string object: header, length and terminator, and two bytes a character, in units of eight.
    private static double StringBytes(string? text) => text is null ? 0 : (22 + 2 * text.Length + 7) / 8 * 8;

    private void Measure(Section section, string scratch, string task, string path, string dates)
    {
        Measurement.Published(scratch);
        var peerScript = Path.Combine(AppContext.BaseDirectory, "Peers", "pandas_csv.py");
        var (peer, ours, published) = (new Readings(), new Readings(), new Readings());
        for (var round = 0; round < Rounds; round++)
        {
            section.Progress($"{task}: round {round + 1} of {Rounds}");
            peer.Add(reads => Measurement.Of(Python, peerScript, path, dates, reads));
            ours.Add(reads => Measurement.OfChild(this, path, reads));
            published.Add(reads => Measurement.OfPublishedChild(this, scratch, path, reads));
        }
        var frameBytes = ours.Fresh[0].Run.Score;
        Row(section, task, "pandas", peer, peer, frameBytes);
        Row(section, task, "Perennial", ours, peer, frameBytes);
        Row(section, task, "Perennial, published", published, peer, frameBytes);
    }

    private static void Row(Section section, string task, string contender, Readings runs, Readings peer, double frameBytes)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var peak = runs.Fresh.Max(f => f.Run.PeakMegabytes);
        section.Row(task, contender, Text($"{runs.WarmSeconds:0.000}"), Text($"{runs.WarmUser:0.000}"), Text($"{runs.FreshSeconds:0.000}"), Text($"{peak:0}"),
            Text($"{peak * 1e6 / frameBytes:0.00}"), Text($"{peer.WarmSeconds / runs.WarmSeconds:0.0}"), Text($"{peer.WarmUser / runs.WarmUser:0.0}"),
            Text($"{peer.FreshSeconds / runs.FreshSeconds:0.0}"));
    }

    private static string Written(string scratch, string name, int rows, Action<TextWriter, Xoshiro256, int> row)
    {
        var path = Path.Combine(scratch, name + ".csv");
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        for (var i = -1; i < rows; i++) row(writer, new Xoshiro256((ulong)i + 1), i);
        return path;
    }

    private static void Quoted(TextWriter to, Xoshiro256 random, int row) => to.Write(row < 0
        ? "id,remark,at,kind\n"
        : string.Create(CultureInfo.InvariantCulture,
            $"{row},\"says \"\"{random.Next(1000)}\"\",\r\nand more\",{new DateTime(2020, 1, 1).AddSeconds(random.Next(100_000_000)):yyyy-MM-ddTHH:mm:ss},\"kind {random.Next(20)}\"\n"));

    private static void Normal(TextWriter to, Xoshiro256 random, int row) => to.Write(row < 0
        ? string.Join(',', Enumerable.Range(0, 50).Select(i => $"c{i}")) + "\n"
        : string.Join(',', Enumerable.Range(0, 50).Select(_ =>
            (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())).ToString("R", CultureInfo.InvariantCulture))) + "\n");

    /// <summary>The runs of one contender.</summary>
    private sealed class Readings
    {
        private readonly List<Measurement> _warm = [];

        public List<(double Seconds, Measurement Run)> Fresh { get; } = [];

        public double WarmSeconds => _warm.Min(run => run.Seconds);

        public double WarmUser => _warm.Min(run => run.UserSeconds);

        public double FreshSeconds => Fresh.Min(run => run.Seconds);

        public void Add(Func<string, Measurement> run)
        {
            var start = Stopwatch.GetTimestamp();
            var fresh = run("1");
            Fresh.Add((Stopwatch.GetElapsedTime(start).TotalSeconds, fresh));
            _warm.Add(run(WarmReads.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
