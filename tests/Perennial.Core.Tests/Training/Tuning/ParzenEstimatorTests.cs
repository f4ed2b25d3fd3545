using Perennial.Core.Training.Tuning;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Tests.Training.Tuning;

public class ParzenEstimatorTests
{
    /// <summary>
    /// SciPy 1.10 (/usr/bin/python3 of Debian 12): the mean over kernels of truncnorm.pdf(at, (0 - m) / s, (1 - m) / s, loc=m, scale=s), its logarithm; m the
    /// sorted observations and 0.5, s as the class says (1 for 0.5).
    /// </summary>
    [Theory]
    [InlineData(new double[0], new[] { -0.0840222, 0.0017778, 0.0409778, -0.0840222 })]
    [InlineData(new[] { 0.1 }, new[] { 0.24984917, 0.27289466, 0.03598431, -0.63988355 })]
    [InlineData(new[] { 0.2, 0.25, 0.9 }, new[] { -0.09293518, 0.34499224, -0.00118505, -0.4348052 })]
    public void The_density_is_that_of_truncated_normals(double[] observations, double[] logarithms)
    {
        var estimator = new ParzenEstimator(observations);
        double[] points = [0, 0.22, 0.5, 1];

        for (var i = 0; i < points.Length; i++) Assert.Equal(logarithms[i], estimator.LogDensity(points[i]), 5e-7);
    }

    [Fact]
    public void Points_are_drawn_as_the_density_says()
    {
        var estimator = new ParzenEstimator([0.1, 0.12, 0.8]);
        var random = new Xoshiro256(1);
        var drawn = Enumerable.Range(0, 20_000).Select(_ => estimator.Sample(random)).ToArray();

        for (var bin = 0; bin < 10; bin++)
        {
            var share = drawn.Count(at => (int)(at * 10) == bin) / (double)drawn.Length;
            var expected = Enumerable.Range(0, 100).Average(i => Math.Exp(estimator.LogDensity((bin + ((i + 0.5) / 100)) / 10))) / 10;
            Assert.InRange(share - expected, -0.015, 0.015);
        }
    }
}
