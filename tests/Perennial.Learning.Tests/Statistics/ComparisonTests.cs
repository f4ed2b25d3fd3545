using Perennial.Learning.Randomness;
using Perennial.Learning.Statistics;

namespace Perennial.Learning.Tests.Statistics;

public class ComparisonTests
{
    [Fact]
    public void Equal_counts_do_not_differ_and_disjoint_ones_differ_wholly()
    {
        double[] counts = [10, 20, 0];
        Assert.Equal(0, PopulationStability.Index(counts, counts));
        Assert.Equal(0, JensenShannon.Distance(counts, counts));
        Assert.Equal(1, JensenShannon.Distance([5, 0], [0, 7]));
        Assert.Equal(1, ChiSquared.Homogeneity([4, 0], [7, 0]).PValue);
        Assert.True(double.IsFinite(PopulationStability.Index([100, 0], [0, 100])));
        Assert.True(double.IsNaN(JensenShannon.Distance([0, 0], [1, 0])));
    }

    [Fact]
    public void Counts_of_other_bins_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PopulationStability.Index([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => JensenShannon.Distance([], []));
        Assert.Throws<ArgumentException>(() => ChiSquared.Homogeneity([-1, 2], [1, 2]));
    }

    [Fact]
    public void Stability_without_drift_is_near_its_known_mean()
    {
        var random = new Xoshiro256(4);
        double sum = 0;
        const int Trials = 400;
        for (var trial = 0; trial < Trials; trial++)
        {
            double[] expected = new double[10], actual = new double[10];
            for (var i = 0; i < 2000; i++) expected[random.Next(10)]++;
            for (var i = 0; i < 500; i++) actual[random.Next(10)]++;
            sum += PopulationStability.Index(expected, actual);
        }
        Assert.Equal(PopulationStability.MeanWithoutDrift(10, 2000, 500), sum / Trials, 0.002);
    }

    [Fact]
    public void Binned_values_hide_no_more_than_their_bins()
    {
        double[] first = [1, 2, 3, 4, 5, 6, 7, 8], second = [3, 4, 5, 6, 7, 8, 9, double.NaN];
        var raw = KolmogorovSmirnov.OfValues(first, second);
        Assert.Equal(2 / 8.0, KolmogorovSmirnov.OfValues(first, [3, 4, 5, 6, 7, 8, 9, 10]).Statistic, 1e-12);
        Assert.True(KolmogorovSmirnov.OfCounts([4, 4], [2, 5]).Statistic <= raw.Statistic);
        Assert.Equal(4 / 8.0 - 2 / 7.0, KolmogorovSmirnov.OfCounts([4, 4], [2, 5]).Statistic, 1e-12);
        Assert.Equal(1, KolmogorovSmirnov.OfValues([], [1]).PValue);
    }

    [Fact]
    public void Adjusted_p_values_are_those_of_the_step_up_procedure()
    {
        // Sorted 0.01, 0.03, 0.033, 0.5 times 4 / rank: 0.04, 0.06, 0.044, 0.5; the running minimum from the top lowers 0.06 to 0.044.
        double[] expected = [0.5, 0.04, 0.044, 0.044];
        var adjusted = BenjaminiHochberg.Adjust([0.5, 0.01, 0.033, 0.03]);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], adjusted[i], 1e-12);
        Assert.Empty(BenjaminiHochberg.Adjust([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BenjaminiHochberg.Adjust([1.5]));
    }
}
