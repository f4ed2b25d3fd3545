using Perennial.Learning.Features;
using Perennial.Learning.Frames;

namespace Perennial.Learning.Tests.Features;

public class FeatureFittingTests
{
    private static readonly FeatureOptions Trees = FeatureOptions.ForTrees with { MinLevelCount = 2 };
    private static readonly FeatureOptions Linear = FeatureOptions.ForLinear with { MinLevelCount = 2 };

    [Fact]
    public void A_number_is_filled_with_the_median_then_centred_and_scaled()
    {
        var frame = FrameOf(new NumericColumn("speed", [1, 2, 9, double.NaN]));
        var transform = Assert.IsType<ImputedScaled>(Only(FeatureFitting.Fit(frame, ["speed"], Linear)));
        Assert.Equal((2f, 3.5f, true), (transform.Fill, transform.Mean, transform.Indicator));
        Assert.Equal(1 / Math.Sqrt((6.25 + 2.25 + 30.25 + 2.25) / 4), transform.Scale, 1e-6);
        var matrix = FeatureEncoding.Apply([transform], frame);
        Assert.Equal([(1f - 3.5f) * transform.Scale, (2f - 3.5f) * transform.Scale, (9f - 3.5f) * transform.Scale, (2f - 3.5f) * transform.Scale],
            matrix.Column(0).ToArray());
        Assert.Equal([0f, 0, 0, 1], matrix.Column(1).ToArray());
    }

    [Fact]
    public void The_mean_can_fill_instead_of_the_median()
    {
        var frame = FrameOf(new NumericColumn("speed", [1, 2, 9, double.NaN]));
        var transform = (ImputedScaled)Only(FeatureFitting.Fit(frame, ["speed"], Linear with { Fill = NumericFill.Mean }));
        Assert.Equal((4f, 4f), (transform.Fill, transform.Mean));
    }

    [Fact]
    public void A_number_without_missing_values_has_no_indicator()
    {
        var fit = FeatureFitting.Fit(FrameOf(new NumericColumn("speed", [1, 2])), ["speed"], Linear);
        Assert.False(((ImputedScaled)Only(fit)).Indicator);
    }

    [Fact]
    public void Trees_see_numbers_and_booleans_as_they_are_and_missing_as_NaN()
    {
        var frame = FrameOf(new NumericColumn("n", [1.5, double.NaN]), new BooleanColumn("b", [1, -1]));
        var fit = FeatureFitting.Fit(frame, ["n", "b"], Trees);
        var matrix = FeatureEncoding.Apply(fit.Transforms, frame);
        Assert.Equal([1.5f, float.NaN], matrix.Column(0).ToArray());
        Assert.Equal([1f, float.NaN], matrix.Column(1).ToArray());
    }

    [Fact]
    public void A_boolean_becomes_two_indicators_for_a_linear_model()
    {
        var frame = FrameOf(new BooleanColumn("b", [1, 0, -1]));
        var matrix = FeatureEncoding.Apply(FeatureFitting.Fit(frame, ["b"], Linear).Transforms, frame);
        Assert.Equal([1f, 0, 0], matrix.Column(0).ToArray());
        Assert.Equal([0f, 0, 1], matrix.Column(1).ToArray());
    }

    [Fact]
    public void Rare_and_unseen_levels_share_a_code_and_missing_has_its_own()
    {
        var train = FrameOf(CategoricalColumn.From("sky", ["b", "b", "a", "a", "rare", null]));
        var transform = Assert.IsType<LevelCode>(Only(FeatureFitting.Fit(train, ["sky"], Trees)));
        Assert.Equal(["a", "b"], transform.Levels);
        var later = FrameOf(CategoricalColumn.From("sky", ["a", "b", "rare", "unseen", null, "A"]));
        Assert.Equal([0f, 1, 2, 2, 3, 2], FeatureEncoding.Apply([transform], later).Column(0).ToArray());
    }

    [Fact]
    public void A_column_read_as_text_later_is_still_matched_to_its_levels()
    {
        var text = FrameOf(new TextColumn("sky", ["a", "never seen", null]));
        Assert.Equal([0f, 1, 2], FeatureEncoding.Apply([new LevelCode("sky", ["a"])], text).Column(0).ToArray());
    }

    [Fact]
    public void One_hot_keeps_the_most_frequent_levels_and_breaks_ties_by_ordinal_order()
    {
        var train = FrameOf(CategoricalColumn.From("sky", ["c", "c", "c", "b", "b", "a", "a"]));
        var transform = Assert.IsType<OneHot>(Only(FeatureFitting.Fit(train, ["sky"], Linear with { MaxLevels = 2 })));
        Assert.Equal(["a", "c"], transform.Levels);
        Assert.Equal(["sky=a", "sky=c", "sky=other", "sky is missing"], transform.FeatureNames);
        var matrix = FeatureEncoding.Apply([transform], FrameOf(CategoricalColumn.From("sky", ["a", "c", "b", null])));
        for (var row = 0; row < 4; row++)
            for (var f = 0; f < 4; f++)
                Assert.Equal(row == f ? 1f : 0f, matrix[row, f]);
    }

    [Fact]
    public void An_instant_gives_the_calendar_parts_that_vary()
    {
        var frame = FrameOf(new TimestampColumn("at", [At(2001, 3, 4, 5), At(2001, 3, 11, 7), TimestampColumn.Missing]));
        var transform = Assert.IsType<CalendarParts>(Only(FeatureFitting.Fit(frame, ["at"], Trees)));
        Assert.Equal([CalendarPart.Day, CalendarPart.Hour], transform.Parts);
        var matrix = FeatureEncoding.Apply([transform], frame);
        Assert.Equal([4f, 11, float.NaN], matrix.Column(0).ToArray());
        Assert.Equal([5f, 7, float.NaN], matrix.Column(1).ToArray());
    }

    [Fact]
    public void A_missing_instant_is_zero_with_an_indicator_for_a_linear_model()
    {
        var frame = FrameOf(new TimestampColumn("at", [At(2001, 3, 4, 5), At(2001, 4, 4, 5), TimestampColumn.Missing]));
        var fit = FeatureFitting.Fit(frame, ["at"], Linear);
        var matrix = FeatureEncoding.Apply(fit.Transforms, frame);
        Assert.Equal([3f, 4, 0], matrix.Column(0).ToArray());
        Assert.Equal([0f, 0, 1], matrix.Column(matrix.FeatureCount - 1).ToArray());
    }

    [Theory]
    [InlineData(FeatureStyle.Trees)]
    [InlineData(FeatureStyle.Linear)]
    public void Columns_that_can_give_nothing_are_reported_with_the_reason(FeatureStyle style)
    {
        var frame = FrameOf(
            new NumericColumn("constant", [1, 1]),
            new NumericColumn("empty", [double.NaN, double.NaN]),
            new BooleanColumn("always", [1, 1]),
            CategoricalColumn.From("level", ["x", "x"]),
            CategoricalColumn.From("ids", ["x", "y"]),
            new TimestampColumn("day", [At(2001, 1, 1, 0), At(2001, 1, 1, 0)]),
            new TextColumn("remarks", ["a", "b"]),
            new NumericColumn("useful", [1, 2]));
        var options = style == FeatureStyle.Trees ? Trees : Linear;
        var fit = FeatureFitting.Fit(frame, [.. frame.Columns.Select(c => c.Name)], options);
        Assert.Equal("useful", Only(fit).Column);
        Assert.Equal(["constant", "empty", "always", "level", "ids", "day", "remarks"], fit.Ignored.Select(i => i.Column));
        Assert.Equal("has no value in any training row", fit.Ignored[1].Reason);
        Assert.Contains("text", fit.Ignored[6].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_beyond_32_bits_is_left_out_of_a_linear_model_only()
    {
        var frame = FrameOf(new NumericColumn("huge", [1, 1e300]));
        Assert.Contains("32-bit", Assert.Single(FeatureFitting.Fit(frame, ["huge"], Linear).Ignored).Reason, StringComparison.Ordinal);
        Assert.Empty(FeatureFitting.Fit(frame, ["huge"], Trees).Ignored);
    }

    [Fact]
    public void A_transform_meets_a_column_of_another_type_with_a_clear_error()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            FeatureEncoding.Apply([new NumberAsIs("speed")], FrameOf(new TextColumn("speed", ["fast"]))));
        Assert.Contains("'speed'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Text", error.Message, StringComparison.Ordinal);
    }

    internal static long At(int year, int month, int day, int hour) => new DateTime(year, month, day, hour, 0, 0, DateTimeKind.Utc).Ticks;

    private static Frame FrameOf(params Column[] columns) => new(columns);

    private static FittedTransform Only(FeatureFit fit) => Assert.Single(fit.Transforms);
}
