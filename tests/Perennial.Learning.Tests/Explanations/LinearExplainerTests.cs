using Perennial.Learning.Explanations;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Explanations;

public sealed class LinearExplainerTests
{
    private static readonly LinearPredictor Model = new([[2, -1, 0.5f], [1, 3, 0]], [0.25f, -4]);

    [Fact]
    public void A_feature_adds_its_weight_times_its_distance_from_the_mean()
    {
        var contributions = new double[6];
        new LinearExplainer(Model, [1, 2, 4]).Explain([3, 2, 0], contributions);
        Assert.Equal([4, 0, -2, 2, 0, 0], contributions);
    }

    [Fact]
    public void They_sum_to_the_margins()
    {
        var explainer = new LinearExplainer(Model, [0.3, -7.25, 1e3]);
        var contributions = new double[6];
        float[] row = [1.5f, 0.125f, -20];
        explainer.Explain(row, contributions);
        for (var k = 0; k < 2; k++)
        {
            var margin = Model.Intercepts[k] + row.Select((x, f) => (double)x * Model.Weights[k][f]).Sum();
            Assert.Equal(margin, explainer.BaseValues[k] + contributions.Skip(3 * k).Take(3).Sum(), 1e-9);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LinearExplainer(Model, [1, 2]));
        Assert.Throws<ArgumentException>(() => new LinearExplainer(Model, [1, 2, 3]).Explain([1, 2, 3], new double[3]));
    }
}
