using System.Text;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Core.Tests.Data;

public class SplitsTests
{
    private static readonly ModelSpec ByTime = new() { Model = "birds", Label = "damaged", Data = new DataSpec { Time = "day" } };
    private static readonly ModelSpec AtRandom = new() { Model = "birds", Label = "damaged" };

    [Fact]
    public void By_time_nothing_trains_that_is_newer_than_what_judges()
    {
        // Rows arrive in another order than they happened.
        var frame = Shuffled(Read(Some.Csv(300)));
        var split = Make(frame, ByTime);
        var days = ((TimestampColumn)frame["day"]).Ticks.ToArray();

        Assert.True(split.Train.Max(r => days[r]) < split.Validation.Min(r => days[r]));
        Assert.True(split.Validation.Max(r => days[r]) < split.Test.Min(r => days[r]));
        Assert.Equal(Enumerable.Range(0, 300), split.Train.Concat(split.Validation).Concat(split.Test).Order());
        Assert.Equal(split.Train.OrderBy(r => days[r]), split.Train);
    }

    [Fact]
    public void One_instant_is_never_on_two_sides()
    {
        var text = new StringBuilder("day,speed,damaged\n");
        for (var i = 0; i < 300; i++) text.Append(Some.Day(i / 40)).Append(',').Append(i).Append(i * 7 % 3 == 0 ? ",true\n" : ",false\n");
        var frame = Read(text.ToString());
        var split = Make(frame, ByTime);
        string[][] days = [.. new[] { split.Train, split.Validation, split.Test }.Select(rows => rows.Select(r => frame["day"].Format(r)!).Distinct().ToArray())];

        Assert.Empty(days[0].Intersect(days[1]));
        Assert.Empty(days[1].Intersect(days[2]));
        Assert.Equal(300, split.Train.Length + split.Validation.Length + split.Test.Length);
    }

    [Fact]
    public void At_random_the_classes_keep_their_shares_and_the_seed_decides()
    {
        var frame = Read(Some.Csv(300));
        var split = Make(frame, AtRandom);
        double Share(int[] rows) => rows.Count(r => frame["damaged"].Format(r) == "true") / (double)rows.Length;

        Assert.InRange(Share(split.Test) - Share(split.Train), -0.03, 0.03);
        Assert.Equal(split.Test, Make(frame, AtRandom).Test);
        Assert.NotEqual(split.Test, Make(frame, AtRandom with { Train = new TrainSpec { Seed = 2 } }).Test);
        Assert.Equal(Enumerable.Range(0, 300), split.Train.Concat(split.Validation).Concat(split.Test).Order());
    }

    [Fact]
    public void A_group_stays_on_one_side()
    {
        var text = new StringBuilder("operator,speed,damaged\n");
        for (var i = 0; i < 300; i++) text.Append("op").Append(i * 13 % 30).Append(',').Append(i).Append(i * 7 % 3 == 0 ? ",true\n" : ",false\n");
        var frame = Read(text.ToString());
        var split = Make(frame, AtRandom with { Data = new DataSpec { Group = "operator" } });
        string[][] groups = [.. new[] { split.Train, split.Validation, split.Test }.Select(rows => rows.Select(r => frame["operator"].Format(r)!).Distinct().ToArray())];

        Assert.Equal(30, groups.Sum(g => g.Length));
        Assert.Equal(SplitKind.Group, split.By);
    }

    [Fact]
    public void Rows_without_a_label_are_in_no_part()
    {
        var frame = Read(Some.Csv(300).Replace(",true\n", ",\n", StringComparison.Ordinal)[..^0] + string.Concat(Enumerable.Range(300, 100).Select(i => $"{Some.Day(i)},1,owl,{(i % 2 == 0 ? "true" : "false")}\n")));
        var split = Make(frame, ByTime);

        Assert.All(split.Train.Concat(split.Validation).Concat(split.Test), row => Assert.False(frame["damaged"].IsMissing(row)));
    }

    [Fact]
    public void A_gap_keeps_what_trains_and_chooses_away_from_what_comes_after()
    {
        var frame = Shuffled(Read(Some.Csv(300)));
        var split = Make(frame, ByTime with { Split = new SplitSpec { Gap = TimeSpan.FromDays(7) } });
        var days = ((TimestampColumn)frame["day"]).Ticks.ToArray();
        TimeSpan Between(int[] older, int[] newer) => TimeSpan.FromTicks(newer.Min(r => days[r]) - older.Max(r => days[r]));

        Assert.Equal((TimeSpan.FromDays(7), TimeSpan.FromDays(7)), (Between(split.Train, split.Validation), Between(split.Validation, split.Test)));
        Assert.Equal((12, 288), (split.LeftOut, split.Train.Length + split.Validation.Length + split.Test.Length));
    }

    [Theory]
    [InlineData(SplitKind.Time)]
    [InlineData(SplitKind.Random)]
    [InlineData(SplitKind.Group)]
    public void Folds_are_made_of_all_rows_that_do_not_judge_and_of_no_other(SplitKind by)
    {
        var frame = Shuffled(Read(Some.Csv(300)));
        var spec = ByTime with { Data = ByTime.Data with { Group = "speed" }, Split = new SplitSpec { By = by, Folds = 4, Gap = by == SplitKind.Time ? TimeSpan.FromDays(3) : null } };
        var split = Make(frame, spec);
        var folds = Splits.Folds(frame, spec, Learning.TaskKind.Binary, split);

        Assert.Equal(4, folds.Count);
        Assert.All(folds, fold => Assert.Empty(fold.Train.Concat(fold.Validation).Except(split.TrainAndValidation())));
        Assert.All(folds, fold => Assert.Empty(fold.Train.Intersect(fold.Validation)));
        if (by != SplitKind.Time) Assert.Equal(split.TrainAndValidation().Order(), folds.SelectMany(fold => fold.Validation).Order());
        if (by == SplitKind.Group) Assert.All(folds, fold => Assert.Empty(fold.Train.Select(r => frame["speed"].Format(r)).Intersect(fold.Validation.Select(r => frame["speed"].Format(r)))));
        if (by == SplitKind.Random)
        {
            double Share(int[] rows) => rows.Count(r => frame["damaged"].Format(r) == "true") / (double)rows.Length;
            Assert.All(folds, fold => Assert.InRange(Share(fold.Validation) - Share(fold.Train), -0.02, 0.02));
        }
        if (by == SplitKind.Time)
        {
            var days = ((TimestampColumn)frame["day"]).Ticks.ToArray();
            Assert.All(folds, fold => Assert.True(fold.Validation.Min(r => days[r]) - fold.Train.Max(r => days[r]) >= TimeSpan.FromDays(3).Ticks));
        }
    }

    [Fact]
    public void Without_folds_the_validation_rows_choose()
    {
        var frame = Read(Some.Csv(300));
        var split = Make(frame, ByTime);
        var only = Assert.Single(Splits.Folds(frame, ByTime, Learning.TaskKind.Binary, split));

        Assert.Equal((split.Train, split.Validation), (only.Train, only.Validation));
    }

    [Fact]
    public void More_folds_than_groups_are_refused()
    {
        var frame = Read(Some.Csv(300));
        var spec = AtRandom with { Data = new DataSpec { Group = "species" }, Split = new SplitSpec { Test = 0.2, Validation = 0.2, Folds = 3 } };
        var problem = Splits.Make(frame, spec, TaskInference.Read(frame, spec, "x").Value, "x").Problem!;

        Assert.Equal("split-impossible", problem.Code);
        Assert.Contains("of 2 groups", problem.Detail, StringComparison.Ordinal);
    }

    /// <summary>All three were told of groups and times alike.</summary>
    [Fact]
    public void A_split_that_leaves_too_few_rows_names_its_own_cause()
    {
        var frame = Read(Some.Csv(300));
        var lumped = Labelled([.. Enumerable.Repeat(1, 298), 2, 3], i => i % 2 == 0 ? "true" : "false");

        Assert.Contains("split.gap is 200d, and the rows in the gaps are in no part: make it shorter", Detail(frame, ByTime with { Split = new SplitSpec { Gap = TimeSpan.FromDays(200) } }), StringComparison.Ordinal);
        Assert.Contains("Too many rows have one group in 'day'", Detail(lumped, AtRandom with { Data = new DataSpec { Group = "day" } }), StringComparison.Ordinal);
        Assert.Contains("Too many rows have one time in 'day'", Detail(lumped, ByTime), StringComparison.Ordinal);

        static string Detail(Frame frame, ModelSpec spec) => Splits.Make(frame, spec, TaskInference.Read(frame, spec, "x").Value, "x").Problem!.Detail;
    }

    /// <summary>Folds without rows were left out without a word: none of two, or one alone, whose rows were then called the validation rows.</summary>
    [Theory]
    [InlineData(new[] { 700, 150, 150 }, 2, "fold 1 of them has 0 training and 0 validation rows")]
    [InlineData(new[] { 400, 300, 150, 150 }, 2, "fold 1 of them has 0 training and 400 validation rows")]
    [InlineData(new[] { 4, 296, 300, 300, 300 }, 3, "fold 1 of them has 4 training")]
    public void Folds_by_time_without_rows_enough_are_refused(int[] days, int folds, string cause)
    {
        var frame = Labelled([.. days.SelectMany((count, day) => Enumerable.Repeat(day, count))], i => i % 2 == 0 ? "true" : "false");

        Refused(frame, ByTime with { Split = new SplitSpec { Folds = folds } }, cause);
    }

    /// <summary>rocAuc is not defined there: every trial, the baseline too, was refused.</summary>
    [Fact]
    public void Folds_without_a_class_are_refused()
    {
        int[] days = [.. Enumerable.Range(0, 300)];
        Refused(Labelled(days, i => i >= 120 && i % 3 == 0 ? "true" : "false"), ByTime with { Split = new SplitSpec { Folds = 4 } }, "fold 1 of them has no training row of the class 'true'");
        Refused(Labelled(days, i => i % 60 == 0 ? "true" : "false"), AtRandom with { Split = new SplitSpec { Folds = 6, Validation = 0.2, Test = 0.2 } }, "of them has no validation row of the class 'true'");
        Refused(Labelled(days, i => i < 110 ? "7" : $"{i}"), ByTime with { Task = Learning.TaskKind.Regression, Split = new SplitSpec { Folds = 3 } }, "fold 1 of them has the same label in all");
    }

    private static void Refused(Frame frame, ModelSpec spec, string cause)
    {
        var problem = Splits.Make(frame, spec, TaskInference.Read(frame, spec, "x").Value, "x").Problem!;

        Assert.Equal("split-impossible", problem.Code);
        Assert.Contains($"split.folds is {spec.Split.Folds}, but", problem.Detail, StringComparison.Ordinal);
        Assert.Contains(cause, problem.Detail, StringComparison.Ordinal);
        Assert.Contains("Set split.folds lower or leave it out", problem.Detail, StringComparison.Ordinal);
    }

    private static Frame Labelled(int[] days, Func<int, string> label) =>
        Read("day,speed,damaged\n" + string.Concat(days.Select((day, i) => $"{Some.Day(day)},{i},{label(i)}\n")));

    [Fact]
    public void The_newest_share_is_taken_from_the_end()
    {
        Assert.Equal([3, 4], RowSplit.Newest([1, 2, 3, 4], 0.5));
        Assert.Equal([4], RowSplit.Newest([1, 2, 3, 4], 0.01));
        Assert.Equal([1, 2, 3, 4], RowSplit.Newest([1, 2, 3, 4], 1));
    }

    private static RowSplit Make(Frame frame, ModelSpec spec) => Splits.Make(frame, spec, TaskInference.Read(frame, spec, "x").Value, "x").Value;

    private static Frame Read(string csv) => CsvReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), new ReadOptions()).Frame;

    private static Frame Shuffled(Frame frame) => frame.Take([.. Enumerable.Range(0, frame.RowCount).OrderBy(i => i * 7919 % 300)]);
}
