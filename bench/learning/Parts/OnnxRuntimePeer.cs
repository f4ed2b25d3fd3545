using System.Diagnostics;
using System.Text.Json;

namespace Perennial.Learning.Bench.Parts;

/// <summary>ONNX Runtime by Node.js, from the folder that PERENNIAL_BENCH_ORT names: one in which <c>npm install onnxruntime-node</c> was run.</summary>
internal sealed class OnnxRuntimePeer
{
    private const int Threads = 2, Seconds = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string? _folder = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_ORT");
    private readonly string _scratch;

    public OnnxRuntimePeer(Section section, string scratch)
    {
        _scratch = scratch;
        if (string.IsNullOrEmpty(_folder)) section.Say("ONNX Runtime was left out: PERENNIAL_BENCH_ORT is not set.");
    }

    private sealed record Result(double RowsPerSecond, float[] Scores);

    /// <summary>Its speed, 0 where it is left out.</summary>
    /// <exception cref="InvalidOperationException">It failed, or its scores are others than those expected.</exception>
    public double RowsPerSecond(string name, byte[] graph, object inputs, float[] expected)
    {
        if (string.IsNullOrEmpty(_folder)) return 0;
        var (model, batch) = (Path.Combine(_scratch, $"{name}.onnx"), Path.Combine(_scratch, $"{name}.json"));
        File.WriteAllBytes(model, graph);
        File.WriteAllText(batch, JsonSerializer.Serialize(inputs, Json));
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "onnx_runtime.mjs");
        using var process = Process.Start(new ProcessStartInfo("node", [script, _folder, model, batch, $"{Threads}", $"{Seconds}"]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"node {script} ended with {process.ExitCode}.");
        var result = JsonSerializer.Deserialize<Result>(lines[^1], Json)!;
        var difference = result.Scores.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        return difference <= 1e-5 ? result.RowsPerSecond : throw new InvalidOperationException($"The scores of ONNX Runtime differ by {difference}.");
    }
}
