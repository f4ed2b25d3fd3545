using Perennial.Learning.Calibration;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Bench.Parts;

/// <summary>
/// Models of every learner, task and loss, trained on rows with columns of every type, and other rows to score. A learner that is added to
/// <see cref="ModelTraining.Learners"/> is among them at once; a kind of graph that no learner makes by itself is one more line in <see cref="All"/>.
/// </summary>
internal static class AgreementModels
{
    private const int TrainRows = 20_000;

    private static readonly string[] Features = ["a", "b", "wet", "sky", "carrier", "at", "note"];
    private static readonly string[] Grades = ["low", "middle", "high"];
    private static readonly string[] Skies = ["clear", "cloud", "fog", "storm", "a \"b\", c"];
    private static readonly string[] Words = ["engine", "bird", "Wing", "late", "Über", "rain", "gate", "x-ray"];

    /// <summary>The graphs by name.</summary>
    public static IEnumerable<(string Name, byte[] Graph)> All()
    {
        var train = Rows(TrainRows, seed: 1, unseen: false);
        foreach (var learner in ModelTraining.Learners)
            foreach (var task in Enum.GetValues<TaskKind>())
                yield return ($"{learner}, {task.ToString().ToLowerInvariant()}", Graph(train, learner, task, Label(task), []));
        yield return ("boosted-trees, sets of levels, binary", Graph(train, ModelTraining.BoostedTrees, TaskKind.Binary, "yes", [("levelSets", 1)]));
        yield return ("boosted-trees, sets of levels, multiclass", Graph(train, ModelTraining.BoostedTrees, TaskKind.Multiclass, "grade", [("levelSets", 1)]));
        yield return ("boosted-trees, Poisson", Graph(train, ModelTraining.BoostedTrees, TaskKind.Regression, "count", [("poissonLoss", 1), ("levelSets", 1)]));
        yield return ("boosted-trees, quantile", Graph(train, ModelTraining.BoostedTrees, TaskKind.Regression, "value", [("quantile", 0.9)]));
        yield return ("boosted-trees, absolute", Graph(train, ModelTraining.BoostedTrees, TaskKind.Regression, "value", [("absoluteLoss", 1), ("leaves", 63)]));
        var (trees, grades) = (Graph(train, ModelTraining.BoostedTrees, TaskKind.Binary, "yes", []), Graph(train, ModelTraining.BoostedTrees, TaskKind.Multiclass, "grade", []));
        yield return ("boosted-trees, Platt", CalibratedGraph.Apply(trees, new PlattCalibrator(0.7, -0.3)));
        yield return ("boosted-trees, isotonic", CalibratedGraph.Apply(trees, new IsotonicCalibrator([0.001, 0.05, 0.2, 0.6, 0.61, 0.97], [0.01, 0.1, 0.1, 0.45, 0.7, 0.99])));
        yield return ("boosted-trees, temperature", CalibratedGraph.Apply(grades, new TemperatureCalibrator(1.6)));
    }

    /// <summary>Rows of all columns: a tenth of the values is missing, and where asked for a tenth of the levels is like none in training.</summary>
    public static Frame Rows(int count, ulong seed, bool unseen)
    {
        var random = new Xoshiro256(seed);
        var (a, b, wet, sky, carrier) = (new double[count], new double[count], new sbyte[count], new string?[count], new string?[count]);
        var (at, note, value, whole) = (new long[count], new string?[count], new double[count], new double[count]);
        for (var r = 0; r < count; r++)
        {
            (a[r], b[r], wet[r]) = (random.NextDouble() * 8 - 4, Math.Floor(random.NextDouble() * 40) / 4, (sbyte)random.Next(2));
            var (skyCode, carrierCode) = (random.Next(Skies.Length), (int)(200 * random.NextDouble() * random.NextDouble()));
            (sky[r], carrier[r]) = (Skies[skyCode], $"carrier {carrierCode}");
            at[r] = new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks + (long)(random.NextDouble() * 5 * 365 * TimeSpan.TicksPerDay);
            note[r] = string.Join(' ', Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Words[random.Next(Words.Length)]));
            var hour = new DateTime(at[r]).Hour;
            value[r] = Math.Abs(a[r]) + (skyCode == 2 ? 1 : 0) + wet[r] * b[r] / 8 + carrierCode % 7 * 0.2 + (hour > 15 ? 0.5 : 0) + random.NextDouble();
            whole[r] = Math.Floor(value[r] * random.NextDouble() * 2);
            if (Missing(random)) a[r] = double.NaN;
            if (Missing(random)) b[r] = double.NaN;
            if (Missing(random)) wet[r] = BooleanColumn.Missing;
            if (Missing(random)) at[r] = TimestampColumn.Missing;
            if (Missing(random)) note[r] = null;
            sky[r] = Missing(random) ? null : unseen && Missing(random) ? "hail" : sky[r];
            carrier[r] = Missing(random) ? null : unseen && Missing(random) ? $"new {random.Next(9)}" : carrier[r];
        }
        return new Frame([
            new NumericColumn("a", a), new NumericColumn("b", b), new BooleanColumn("wet", wet), CategoricalColumn.From("sky", sky),
            CategoricalColumn.From("carrier", carrier), new TimestampColumn("at", at), new TextColumn("note", note), new NumericColumn("value", value),
            new NumericColumn("count", whole), new BooleanColumn("yes", [.. value.Select(v => (sbyte)(v > 3 ? 1 : 0))]),
            CategoricalColumn.From("grade", [.. value.Select(v => Grades[v < 2.5 ? 0 : v < 4 ? 1 : 2])])]);
    }

    private static bool Missing(Xoshiro256 random) => random.Next(10) == 0;

    private static string Label(TaskKind task) => task switch { TaskKind.Binary => "yes", TaskKind.Multiclass => "grade", _ => "value" };

    private static byte[] Graph(Frame train, string learner, TaskKind task, string label, (string, double)[] parameters) => OnnxExporter.Export(
        ModelTraining.Train(new TrainingSpec
        {
            Learner = learner,
            Task = task,
            Train = train,
            Label = label,
            Classes = task switch { TaskKind.Binary => ["false", "true"], TaskKind.Multiclass => Grades, _ => [] },
            Features = Features,
            Parameters = parameters.ToDictionary(p => p.Item1, p => p.Item2),
            Seed = 1,
        }, CancellationToken.None).Model);
}
