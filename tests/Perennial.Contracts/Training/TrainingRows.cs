using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;

namespace Perennial.Contracts.Training;

/// <summary>Rows of every column type whose label can be learned, with missing values; the same each time.</summary>
public static class TrainingRows
{
    public static readonly IReadOnlyList<string> Features = ["age", "plan", "active", "since"];

    public static TrainingRequest Request(TaskKind task, int rows = 200)
    {
        var train = Frame(task, rows, seed: 1);
        var validation = Frame(task, rows / 2, seed: 2);
        return new TrainingRequest(task, train, validation, "label", Classes(task), null, Features, new Dictionary<string, double>(), 7);
    }

    public static IReadOnlyList<string> Classes(TaskKind task) => task switch
    {
        TaskKind.Binary => ["no", "yes"],
        TaskKind.Multiclass => ["a", "b", "c"],
        _ => [],
    };

    public static Frame Frame(TaskKind task, int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var (age, plan, active, since, value) = (new double[rows], new string?[rows], new sbyte[rows], new long[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            age[i] = i % 11 == 0 ? double.NaN : random.Next(80);
            plan[i] = i % 13 == 0 ? null : random.Next(3) switch { 0 => "basic", 1 => "plus", _ => "pro" };
            active[i] = i % 17 == 0 ? BooleanColumn.Missing : (sbyte)random.Next(2);
            since[i] = i % 19 == 0 ? TimestampColumn.Missing : new DateTime(2000, 1, 1).AddDays(random.Next(8000)).Ticks;
            value[i] = (double.IsNaN(age[i]) ? 40 : age[i]) + (plan[i] == "basic" ? 30 : 0) + random.NextDouble();
        }
        Column label = task == TaskKind.Regression
            ? new NumericColumn("label", value)
            : CategoricalColumn.From("label", [.. value.Select(v => Classes(task)[task == TaskKind.Binary ? (v > 50 ? 1 : 0) : v > 70 ? 2 : v > 35 ? 1 : 0])]);
        return new Frame([new NumericColumn("age", age), CategoricalColumn.From("plan", plan), new BooleanColumn("active", active), new TimestampColumn("since", since), label]);
    }
}
