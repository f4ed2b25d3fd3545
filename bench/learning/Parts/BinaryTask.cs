using System.Globalization;
using System.Runtime.InteropServices;
using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Rows of a binary task in files that both contenders read: float32 features, a column after the other, then labels as bytes.</summary>
internal sealed record BinaryTask(FeatureMatrix Features, byte[] Labels)
{
    public TrainingTargets Targets => new(TaskKind.Binary, 1, [.. Labels.Select(label => (double)label)], [.. Enumerable.Repeat(1.0, Labels.Length)]);

    /// <summary>Flights of January to April as training rows and of May as test rows: is the delay above 15 minutes? Returns the number of features.</summary>
    public static int WriteFlights(string csv, string folder)
    {
        var lines = File.ReadLines(csv).Skip(1).Select(line => line.Split(',')).ToArray();
        var origins = Codes(lines.Select(cells => cells[3]));
        var destinations = Codes(lines.Select(cells => cells[4]));
        void WriteMonths(string name, Func<int, bool> months)
        {
            var rows = lines.Where(cells => months(int.Parse(cells[0].AsSpan(5, 2), CultureInfo.InvariantCulture))).ToArray();
            Write(folder, name, [
                [.. rows.Select(cells => float.Parse(cells[0].AsSpan(11, 2), CultureInfo.InvariantCulture))],
                [.. rows.Select(cells => (float)(((int)DateOnly.ParseExact(cells[0].AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture).DayOfWeek + 6) % 7))],
                [.. rows.Select(cells => float.Parse(cells[2], CultureInfo.InvariantCulture))],
                [.. rows.Select(cells => (float)origins[cells[3]])],
                [.. rows.Select(cells => (float)destinations[cells[4]])],
            ], [.. rows.Select(cells => (byte)(int.Parse(cells[1], CultureInfo.InvariantCulture) > 15 ? 1 : 0))]);
        }
        WriteMonths("train", month => month <= 4);
        WriteMonths("test", month => month == 5);
        return 5;
    }

    /// <summary>Normal features of which ten matter, some in pairs, with noise. Returns the number of features.</summary>
    public static int WriteNormal(int rows, int testRows, int features, string folder)
    {
        var random = new Xoshiro256(50);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        foreach (var (name, count) in new[] { ("train", rows), ("test", testRows) })
        {
            var columns = Enumerable.Range(0, features).Select(_ => new float[count]).ToArray();
            var labels = new byte[count];
            for (var row = 0; row < count; row++)
            {
                foreach (var column in columns) column[row] = (float)Normal();
                double X(int f) => columns[f][row];
                var margin = X(0) + 0.8 * X(1) * X(2) + Math.Abs(X(3)) - 0.8 + 0.6 * Math.Sin(2 * X(4)) + (X(5) > 0.5 ? X(6) : -0.5 * X(7)) + 0.3 * X(8) * X(9) + Normal();
                labels[row] = (byte)(margin > 0 ? 1 : 0);
            }
            Write(folder, name, columns, labels);
        }
        return features;
    }

    /// <summary>Reads what was written.</summary>
    public static BinaryTask Read(string folder, string name, int features)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name + ".bin"));
        var rows = (int)(stream.Length / (4 * features + 1));
        var columns = Enumerable.Range(0, features).Select(_ => new float[rows]).ToArray();
        foreach (var column in columns) stream.ReadExactly(MemoryMarshal.AsBytes(column.AsSpan()));
        var labels = new byte[rows];
        stream.ReadExactly(labels);
        return new BinaryTask(new FeatureMatrix(rows, columns), labels);
    }

    /// <summary>The area under the ROC curve, ties counted half (Mann and Whitney 1947).</summary>
    public static double Auc(float[] scores, byte[] labels)
    {
        Array.Sort(scores, labels);
        var (below, sum, positives) = (0.0, 0.0, 0.0);
        for (var begin = 0; begin < scores.Length;)
        {
            var end = begin;
            var (here, hereNegative) = (0.0, 0.0);
            for (; end < scores.Length && scores[end] == scores[begin]; end++)
            {
                here += labels[end];
                hereNegative += 1 - labels[end];
            }
            sum += here * (below + hereNegative / 2);
            (below, positives, begin) = (below + hereNegative, positives + here, end);
        }
        return sum / (positives * below);
    }

    private static Dictionary<string, int> Codes(IEnumerable<string> values) =>
        values.Distinct().Order(StringComparer.Ordinal).Select((value, code) => (value, code)).ToDictionary(p => p.value, p => p.code);

    private static void Write(string folder, string name, float[][] columns, byte[] labels)
    {
        Directory.CreateDirectory(folder);
        using var stream = File.Create(Path.Combine(folder, name + ".bin"));
        foreach (var column in columns) stream.Write(MemoryMarshal.AsBytes<float>(column));
        stream.Write(labels);
    }
}
