using Perennial.Core.Data;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Data;

public class ProfilesTests
{
    [Fact]
    public void Numbers_fall_into_ten_bins_of_equal_size()
    {
        var profile = Profiles.Of(new NumericColumn("x", [.. Enumerable.Range(1, 100).Select(i => (double)i), double.NaN]));

        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90], profile.Edges!);
        Assert.All(profile.Counts, count => Assert.Equal(10, count));
        Assert.Equal((1, 50.5, 100), (profile.Missing, profile.Mean!.Value, profile.Distinct));
        Assert.Equal(29.011491975882016, profile.Deviation!.Value, 12);
    }

    [Fact]
    public void A_value_that_is_most_of_a_column_leaves_no_empty_bin()
    {
        var profile = Profiles.Of(new NumericColumn("x", [.. Enumerable.Repeat(0.0, 95), 1, 2, 3, 4, 5]));

        Assert.Equal([0], profile.Edges!);
        Assert.Equal([95, 5], profile.Counts);
    }

    [Fact]
    public void One_value_is_one_bin_and_huge_numbers_have_a_finite_deviation()
    {
        Assert.Equal([3], Profiles.Of(new NumericColumn("x", [7, 7, 7])).Counts);
        Assert.Equal(Math.Sqrt(2) * 1e300, Profiles.Of(new NumericColumn("x", [-1e300, 1e300])).Deviation!.Value, 1e287);
    }

    [Fact]
    public void Twenty_levels_are_counted_one_by_one_and_the_rest_together()
    {
        var values = Enumerable.Range(0, 25).SelectMany(level => Enumerable.Repeat($"level{level:D2}", 30 - level)).Append(null).ToList();
        var profile = Profiles.Of(CategoricalColumn.From("c", values));

        Assert.Equal("level00", profile.Levels![0]);
        Assert.Equal((20, 21, 1L, 25L), (profile.Levels.Count, profile.Counts.Count, profile.Missing, profile.Distinct));
        Assert.Equal(10 + 9 + 8 + 7 + 6, profile.Counts[^1]);
        Assert.Equal(values.Count - 1, profile.Counts.Sum());
    }

    [Fact]
    public void Texts_are_counted_by_their_length()
    {
        var profile = Profiles.Of(new TextColumn("t", [.. Enumerable.Range(1, 100).Select(i => new string('x', i)), null, null]));

        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90], profile.Edges!);
        Assert.All(profile.Counts, count => Assert.Equal(10, count));
        Assert.Equal((2, 50.5, 100), (profile.Missing, profile.Mean!.Value, profile.Distinct));
        Assert.Empty(Profiles.Of(new TextColumn("t", [null])).Edges!);
    }
}
