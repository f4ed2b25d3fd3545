using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Onnx.Scoring;

/// <summary>Models of grown size, their trees drawn at random.</summary>
internal static class Some
{
    private static readonly string[] Airports = [.. Enumerable.Range(0, 60).Select(i => $"{(char)('A' + i / 26)}{(char)('A' + i % 26)}X")];

    private static readonly ColumnSchema[] Columns =
    [
        new("hour", ColumnType.Numeric), new("weekday", ColumnType.Numeric), new("distance", ColumnType.Numeric),
        new("origin", ColumnType.Categorical), new("destination", ColumnType.Categorical),
    ];

    /// <summary>Delays of flights: numbers with splits anywhere, and categories with splits on sets of levels.</summary>
    public static byte[] Flights(int trees, int leaves)
    {
        var random = new Xoshiro256((ulong)(trees + 100 * leaves));
        FittedTransform[] transforms =
        [
            new NumberAsIs("hour"), new NumberAsIs("weekday"), new NumberAsIs("distance"),
            new LevelCode("origin", Airports), new LevelCode("destination", Airports[5..]),
        ];
        var predictor = new TreeEnsemblePredictor([.. Enumerable.Range(0, trees).Select(_ => Tree(random, leaves, 5, feature => feature > 2))], [-0.3f]);
        return OnnxExporter.Export(new FittedModel(TaskKind.Binary, ["no", "yes"], Columns, transforms, predictor));
    }

    /// <summary>Rows for <see cref="Flights"/>, some values missing and some never seen.</summary>
    public static Frame FlightRows(int rows)
    {
        var random = new Xoshiro256(5);
        T[] Many<T>(Func<T> draw) => [.. Enumerable.Range(0, rows).Select(_ => draw())];
        double Number(int below) => random.Next(9) == 0 ? double.NaN : random.Next(3) == 0 ? random.NextDouble() * below : random.Next(below);
        string? Airport() => random.Next(9) switch { 0 => null, 1 => "elsewhere", _ => Airports[random.Next(Airports.Length)] };
        return new Frame([
            new NumericColumn("hour", Many(() => Number(24))), new NumericColumn("weekday", Many(() => Number(7))),
            new NumericColumn("distance", Many(() => Number(3000))),
            CategoricalColumn.From("origin", Many(Airport)), CategoricalColumn.From("destination", Many(Airport)),
        ]);
    }

    /// <summary>A model of many numbers, with rows for it.</summary>
    public static (byte[] Bytes, Frame Rows) Wide(int trees, int leaves, int features)
    {
        var random = new Xoshiro256(3);
        var names = Enumerable.Range(0, features).Select(f => $"f{f}").ToArray();
        var predictor = new TreeEnsemblePredictor([.. Enumerable.Range(0, trees).Select(_ => Tree(random, leaves, features, _ => false))], [1]);
        var model = new FittedModel(TaskKind.Regression, [], [.. names.Select(name => new ColumnSchema(name, ColumnType.Numeric))],
            [.. names.Select(name => new NumberAsIs(name))], predictor);
        return (OnnxExporter.Export(model), new Frame([.. names.Select(name =>
            new NumericColumn(name, [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble() * 3000)]))]));
    }

    // Leaves are split at random until there are enough.
    private static Tree Tree(Xoshiro256 random, int leaves, int features, Func<int, bool> isLevel)
    {
        var nodes = 2 * leaves - 1;
        var (feature, left, right) = (new int[nodes], new int[nodes], new int[nodes]);
        Array.Fill(feature, -1);
        var open = new List<int> { 0 };
        for (var next = 1; next < nodes; next += 2)
        {
            var place = random.Next(open.Count);
            var node = open[place];
            (feature[node], left[node], right[node]) = (random.Next(features), next, next + 1);
            open[place] = next;
            open.Add(next + 1);
        }
        LevelSet? Set(int node)
        {
            if (feature[node] < 0 || !isLevel(feature[node]) || random.Next(3) == 0) return null;
            int[] codes = [.. Enumerable.Range(0, 62).Where(_ => random.Next(3) == 0)];
            return codes.Length < 2 ? null : new LevelSet(codes, new float[codes.Length]);
        }
        return new Tree
        {
            Output = 0,
            Feature = feature,
            Left = left,
            Right = right,
            Threshold = [.. feature.Select(f => f == 0 ? random.Next(24) + 0.5f : f == 1 ? random.Next(7) : random.Next(3000) / (f == 2 ? 7f : 50))],
            IsLevel = [.. feature.Select(f => f >= 0 && isLevel(f))],
            Sets = [.. Enumerable.Range(0, nodes).Select(Set)],
            MissingLeft = [.. feature.Select(_ => random.Next(2) == 0)],
            Value = [.. feature.Select(_ => (float)(random.NextDouble() - 0.5))],
            Gain = new float[nodes],
            Cover = new float[nodes],
        };
    }
}
