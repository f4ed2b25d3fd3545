using System.Diagnostics;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Calls of the managed scorer with one row each, from raw values to the score.</summary>
internal sealed class RowCalls
{
    private const int Different = 10_000;

    private readonly OnnxModel _model;
    private readonly ScoringRow _row;
    private readonly double[][] _numbers;
    private readonly string[][] _airports;
    private readonly double[] _score = new double[1];
    private readonly long[] _evicting = new long[16 << 20];

    public RowCalls(FlightsModel flights)
    {
        _model = OnnxModel.Load(flights.Categorical);
        _row = _model.CreateRow();
        _numbers = [.. Enumerable.Range(0, 3).Select(f => flights.Take(f, Different).Select(v => (double)v).ToArray())];
        _airports = [.. Enumerable.Range(0, 2).Select(a => flights.Take(3 + a, Different).Select(code => flights.Airports[a][(int)code]).ToArray())];
    }

    /// <summary>Nanoseconds of each call, ascending.</summary>
    public double[] Time(int calls, bool evict)
    {
        var times = new double[calls];
        for (var call = 0; call < calls; call++)
        {
            if (evict) Evict(call);
            var at = call % Different;
            var start = Stopwatch.GetTimestamp();
            Score(at);
            times[call] = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency;
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>Bytes that a call allocates, on average over many.</summary>
    public double AllocatedByOne()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0; at < Different; at++) Score(at);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Different;
    }

    private void Score(int at)
    {
        for (var c = 0; c < 3; c++) _row.SetNumber(c, _numbers[c][at]);
        _row.SetCategory(3, _airports[0][at]);
        _row.SetCategory(4, _airports[1][at]);
        _model.Score(_row, _score);
    }

    // A word of every line of more memory than any cache holds.
    private void Evict(int call)
    {
        for (var word = 0; word < _evicting.Length; word += 8) _evicting[word] += call;
    }
}
