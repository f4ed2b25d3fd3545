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
