using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Exported graphs in ONNX Runtime and here: the largest difference of the scores of the same random rows.</summary>
internal sealed class OnnxPart : IBenchPart
{
    private const int RowCount = 100_000;
    private const double Bar = 1e-5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Name => "onnx";

    public string Title => "Exported graphs in ONNX Runtime";

    private sealed record Input(string Name, string Type, string File);

    private sealed record Job(string Graph, int Rows, Input[] Inputs, string Scores);

    public void Run(Section section, string scratch)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_ORT") is not { Length: > 0 } runtime)
        {
            section.Say("ONNX Runtime was left out: PERENNIAL_BENCH_ORT is not set.");
            return;
        }
        section.Say($"{RowCount:N0} random rows with missing and unseen values, scored by `OnnxModel` and by onnxruntime-node {Version(runtime)} on the same bytes. The difference is that of a score, "
            + $"in parts of the score where that is larger than 1; the bar is {Bar.ToString("0e0", CultureInfo.InvariantCulture)}.");
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "onnx")).FullName;
        var rows = AgreementModels.Rows(RowCount, seed: 2, unseen: true);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var models = AgreementModels.All().Select((m, i) => (m.Name, m.Graph, Job: JobOf(m.Graph, rows, Path.Combine(folder, $"{i}"), files))).ToArray();
        var list = Path.Combine(folder, "job.json");
        File.WriteAllText(list, JsonSerializer.Serialize(models.Select(m => m.Job), Json));
        Peer(runtime, list);
        section.Table("model", "graph kB", "largest difference", "scores that are the same bits", "within the bar");
        foreach (var (name, graph, job) in models) Compare(section, name, graph, OnnxModel.Load(graph).Score(rows), job.Scores);
    }

    public string Child(string[] arguments) => throw new NotSupportedException("This part measures no process of its own.");

    private static Job JobOf(byte[] graph, Frame rows, string path, Dictionary<string, string> files)
    {
        File.WriteAllBytes(path + ".onnx", graph);
        var inputs = OnnxModel.Load(graph).Inputs.Select(column => new Input(column.Name, TypeOf(column.Type), FileOf(rows, column, path, files)));
        return new Job(path + ".onnx", rows.RowCount, [.. inputs], path + ".scores");
    }

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Numeric or ColumnType.Boolean => "float32",
        ColumnType.Timestamp => "int64",
        _ => "string",
    };

    // A column is written once, whatever the number of models that read it.
    private static string FileOf(Frame rows, ColumnSchema schema, string path, Dictionary<string, string> files)
    {
        if (files.TryGetValue(schema.Name, out var known)) return known;
        var file = files[schema.Name] = $"{path}.{files.Count}";
        switch (rows[schema.Name])
        {
            case NumericColumn numeric: Write(file, numeric.Values.ToArray().Select(v => (float)v).ToArray()); break;
            case BooleanColumn boolean: Write(file, boolean.Values.ToArray().Select(v => v < 0 ? float.NaN : v).ToArray()); break;
            case TimestampColumn timestamp: Write(file, timestamp.Ticks.ToArray().Select(Seconds).ToArray()); break;
            case var column: File.WriteAllText(file, JsonSerializer.Serialize(Enumerable.Range(0, column.Length).Select(r => column.Format(r) ?? ""))); break;
        }
        return file;
    }

    private static long Seconds(long ticks) => ticks == TimestampColumn.Missing ? long.MinValue : (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    private static void Write<T>(string file, T[] values) where T : struct => File.WriteAllBytes(file, MemoryMarshal.AsBytes(values.AsSpan()));

    private static void Compare(Section section, string name, byte[] graph, Scores ours, string file)
    {
        var theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
        if (theirs.Length != ours.Values.Length) throw new InvalidOperationException($"{name}: {theirs.Length} scores of ONNX Runtime, {ours.Values.Length} of ours.");
        var (largest, same) = (0.0, 0);
        for (var i = 0; i < theirs.Length; i++)
        {
            var difference = Math.Abs(ours.Values[i] - theirs[i]) / Math.Max(1, Math.Abs(ours.Values[i]));
            largest = double.IsNaN(difference) ? double.NaN : Math.Max(largest, difference);
            if ((float)ours.Values[i] == theirs[i]) same++;
        }
        section.Row(name, Text($"{graph.Length / 1e3:0}"), Text($"{largest:0.0e0}"), Text($"{100.0 * same / theirs.Length:0.0} %"), largest <= Bar ? "yes" : "**no**");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Peer(string runtime, string job)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "onnx_scores.mjs");
        using var process = Process.Start("node", [script, runtime, job]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"node {script} ended with {process.ExitCode}.");
    }

    private static string Version(string runtime)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(runtime, "node_modules", "onnxruntime-node", "package.json")));
        return package.RootElement.GetProperty("version").GetString()!;
    }
}
