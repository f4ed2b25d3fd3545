using Perennial.Learning.Frames;

namespace Perennial.Learning.Tests.Frames;

public class FrameConcatenationTests
{
    private static Frame Part(double x, string? level) => new(
    [
        new NumericColumn("x", [x]),
        new BooleanColumn("b", [1]),
        new TimestampColumn("t", [TimestampColumn.Missing]),
        new TextColumn("s", [level]),
        CategoricalColumn.From("c", [level]),
    ]);

    [Fact]
    public void Rows_follow_one_another_and_levels_are_merged_in_order()
    {
        var whole = FrameConcatenation.Concat([Part(1, "m"), Part(2, null), Part(double.NaN, "a")]);
        Assert.Equal([1, 2, double.NaN], ((NumericColumn)whole["x"]).Values.ToArray());
        var merged = (CategoricalColumn)whole["c"];
        Assert.Equal(["a", "m"], merged.Levels.ToArray());
        Assert.Equal([1, -1, 0], merged.Codes.ToArray());
        Assert.Equal(["m", null, "a"], ((TextColumn)whole["s"]).Values.ToArray().AsEnumerable());
        Assert.Equal(3, whole["t"].CountMissing());
    }

    [Fact]
    public void Columns_are_matched_by_name()
    {
        var first = new Frame([new NumericColumn("x", [1]), new NumericColumn("y", [2])]);
        var swapped = new Frame([new NumericColumn("y", [4]), new NumericColumn("x", [3])]);
        Assert.Equal([1, 3], ((NumericColumn)FrameConcatenation.Concat([first, swapped])["x"]).Values.ToArray());
    }

    [Fact]
    public void Frames_of_other_columns_are_refused()
    {
        var x = new Frame([new NumericColumn("x", [1])]);
        Assert.Throws<ArgumentException>(() => FrameConcatenation.Concat([]));
        Assert.Throws<ArgumentException>(() => FrameConcatenation.Concat([x, new Frame([new NumericColumn("y", [1])])]));
        Assert.Throws<ArgumentException>(() => FrameConcatenation.Concat([x, new Frame([new TextColumn("x", ["1"])])]));
        Assert.Throws<ArgumentException>(() => FrameConcatenation.Concat(
            [x, new Frame([new NumericColumn("x", [1]), new NumericColumn("y", [1])])]));
    }
}
