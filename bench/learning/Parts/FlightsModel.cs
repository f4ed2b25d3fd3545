using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Reading;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Bench.Parts;

/// <summary>The flights model, 100 trees of 31 leaves, as graphs, and rows that it was not trained on.</summary>
/// <param name="Numeric">All five columns numbers, airports as their codes.</param>
/// <param name="Categorical">Airports as categories.</param>
/// <param name="CategoricalTrees">The latter's trees.</param>
/// <param name="Airports">The names of the codes.</param>
/// <param name="Rows">Rows of May: hour, weekday, distance and the codes of origin and destination.</param>
internal sealed record FlightsModel(
    byte[] Numeric, byte[] Categorical, TreeEnsemblePredictor CategoricalTrees, string[][] Airports, FeatureMatrix Rows)
{
    public static readonly string[] Columns = ["hour", "weekday", "distance", "origin", "destination"];

    /// <summary>Trains both on January to April.</summary>
    public static FlightsModel Train(string csv, string scratch)
    {
        var folder = Path.Combine(scratch, "flights");
        var features = BinaryTask.WriteFlights(csv, folder);
        var train = BinaryTask.Read(folder, "train", features);
        string[][] airports = [Levels(csv, "origin"), Levels(csv, "destination")];
        var numeric = Train(train, new int[features]);
        var categorical = Train(train, [0, 0, 0, airports[0].Length + 2, airports[1].Length + 2]);
        return new FlightsModel(
            Export(numeric, [.. Columns.Select(name => new NumberAsIs(name))]),
            Export(categorical, [.. Columns[..3].Select(name => new NumberAsIs(name)), new LevelCode("origin", airports[0]), new LevelCode("destination", airports[1])]),
            categorical, airports, BinaryTask.Read(folder, "test", features).Features);
    }

    /// <summary>Some rows as a frame, airports as categories.</summary>
    public Frame Frame(int rows) => new([
        .. Columns[..3].Select((name, f) => new NumericColumn(name, [.. Take(f, rows).Select(v => (double)v)])),
        .. Airports.Select((levels, a) => new CategoricalColumn(Columns[3 + a], [.. Take(3 + a, rows).Select(v => (int)v)], levels)),
    ]);

    /// <summary>Some rows as a table of numbers.</summary>
    public float[] Table(int rows)
    {
        var table = new float[rows * Columns.Length];
        for (var row = 0; row < rows; row++) Rows.CopyRow(row, table.AsSpan(row * Columns.Length, Columns.Length));
        return table;
    }

    /// <summary>One feature of some rows.</summary>
    public float[] Take(int feature, int rows) => Rows.Column(feature)[..rows].ToArray();

    private static TreeEnsemblePredictor Train(BinaryTask task, int[] levelCodes) =>
        BoostedTreesTrainer.Train(task.Features, task.Targets, levelCodes, null, new BoostedTreesOptions { EarlyStoppingRounds = 0, Threads = 2 }, default).Predictor;

    private static byte[] Export(TreeEnsemblePredictor predictor, FittedTransform[] transforms) => OnnxExporter.Export(new FittedModel(
        TaskKind.Binary, ["on time", "late"],
        [.. transforms.Select(t => new ColumnSchema(t.Column, t is LevelCode ? ColumnType.Categorical : ColumnType.Numeric))], transforms, predictor));

    private static string[] Levels(string csv, string column)
    {
        using var file = File.OpenRead(csv);
        return ((CategoricalColumn)CsvReader.Read(file, new ReadOptions { Source = Path.GetFileName(csv) }).Frame[column]).Levels.ToArray();
    }
}
