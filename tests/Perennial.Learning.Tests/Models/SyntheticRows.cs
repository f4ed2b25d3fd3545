using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Models;

/// <summary>Rows whose labels follow from two numbers, a level and a boolean, with noise and missing values.</summary>
internal static class SyntheticRows
{
    public static readonly string[] Features = ["x", "noise", "sky", "wet", "at"];
    private static readonly string[] Skies = ["clear", "cloud", "fog", "storm"];
    private static readonly string[] Grades = ["low", "middle", "high"];

    public static Frame Of(int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var (x, noise, sky, wet, at) = (new double[rows], new double[rows], new string?[rows], new sbyte[rows], new long[rows]);
        var (value, yes, grade, weight) = (new double[rows], new sbyte[rows], new string?[rows], new double[rows]);
        for (var r = 0; r < rows; r++)
        {
            x[r] = random.NextDouble() * 10;
            noise[r] = random.NextDouble();
            sky[r] = Skies[random.Next(4)];
            wet[r] = (sbyte)random.Next(2);
            at[r] = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks + random.Next(365 * 24) * TimeSpan.TicksPerHour;
            weight[r] = 1 + random.Next(3);
            value[r] = Math.Abs(x[r] - 4) + (sky[r] == "fog" ? 3 : 0) + wet[r] + random.NextDouble();
            yes[r] = (sbyte)(value[r] > 4 ? 1 : 0);
            grade[r] = Grades[value[r] < 2.5 ? 0 : value[r] < 4.5 ? 1 : 2];
            if (random.Next(10) == 0) x[r] = double.NaN;
            if (random.Next(10) == 0) sky[r] = null;
            if (random.Next(10) == 0) wet[r] = BooleanColumn.Missing;
            if (random.Next(10) == 0) at[r] = TimestampColumn.Missing;
        }
        return new Frame([
            new NumericColumn("x", x), new NumericColumn("noise", noise), CategoricalColumn.From("sky", sky),
            new BooleanColumn("wet", wet), new TimestampColumn("at", at), new NumericColumn("value", value),
            new BooleanColumn("yes", yes), CategoricalColumn.From("grade", grade), new NumericColumn("weight", weight)]);
    }

    public static TrainingSpec Spec(string learner, TaskKind task, Frame train, Frame? validation = null) => new()
    {
        Learner = learner,
        Task = task,
        Train = train,
        Validation = validation,
        Label = task switch { TaskKind.Binary => "yes", TaskKind.Multiclass => "grade", _ => "value" },
        Classes = task switch { TaskKind.Binary => ["false", "true"], TaskKind.Multiclass => Grades, _ => [] },
        Features = Features,
        Seed = 1,
        Threads = 1,
    };

    /// <summary>The mean loss of scores on rows: log loss, or half the squared error.</summary>
    public static double Loss(TrainingSpec spec, Scores scores, Frame rows)
    {
        var targets = TrainingTargets.Read(spec.Task, rows, spec.Label, spec.Classes, null);
        var sum = 0.0;
        for (var r = 0; r < rows.RowCount; r++)
        {
            var score = scores.Row(r);
            var target = targets.Values[r];
            sum += spec.Task switch
            {
                TaskKind.Binary => -Math.Log(target == 1 ? score[0] : 1 - score[0]),
                TaskKind.Multiclass => -Math.Log(score[(int)target]),
                _ => (score[0] - target) * (score[0] - target) / 2,
            };
        }
        return sum / rows.RowCount;
    }
}
