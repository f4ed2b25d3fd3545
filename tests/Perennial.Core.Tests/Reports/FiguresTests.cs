using Perennial.Core.Reports;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Tests.Reports;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0.77182, "0.772")]
    [InlineData(2.134, "2.13")]
    [InlineData(21.34, "21.3")]
    [InlineData(213.4, "213")]
    [InlineData(21340.0, "21,340")]
    [InlineData(double.NaN, "–")]
    public void A_metric_keeps_the_digits_that_matter(double value, string text) => Assert.Equal(text, Figures.Metric(value));

    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.004, "0.4 %")]
    [InlineData(0.106, "11 %")]
    [InlineData(0.996, "99.6 %")]
    [InlineData(1, "100 %")]
    public void A_share_near_zero_or_one_keeps_a_decimal(double share, string text) => Assert.Equal(text, Figures.Percent(share));

    [Theory]
    [InlineData(0.35, "350 ms")]
    [InlineData(9.6, "9.6 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(7260, "2 h 1 min")]
    [InlineData(864000, "10 days")]
    public void A_duration_is_told_in_its_largest_units(double seconds, string text) => Assert.Equal(text, Figures.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.00001, "1e-5")]
    [InlineData(0.05, "0.05")]
    [InlineData(31, "31")]
    [InlineData(0, "0")]
    public void A_parameter_is_told_in_its_shortest_form(double value, string text) => Assert.Equal(text, Figures.Parameter(value));

    [Fact]
    public void Ticks_are_round_and_lie_on_the_scale()
    {
        var scale = new Scale(0.487, 0.794, 0, 100);
        var ticks = scale.Ticks(4);

        Assert.Equal(["0.5", "0.6", "0.7"], ticks.Select(tick => scale.Label(tick, ticks)));
        Assert.Equal(100, scale[0.794], 9);
    }

    [Fact]
    public void Equal_values_still_get_a_scale()
    {
        var scale = Scale.Around([3, 3, double.NaN], 0, 100);

        Assert.Equal(50, scale[3], 9);
    }
}
