using Perennial.Core.Rollout;
using Perennial.Core.Tests.Serving;
using Perennial.Learning;

namespace Perennial.Core.Tests.Rollout;

public sealed class RowLossTests
{
    [Theory]
    [InlineData(0.75, "true", 0.0625)]
    [InlineData(0.75, "false", 0.5625)]
    [InlineData(double.NaN, "true", 1)]
    [InlineData(0.75, "maybe", 1)]
    public void Binary_is_the_Brier_score(double score, string label, double loss) =>
        Assert.Equal(loss, RowLoss.Of(LiveModel.Signature, [score], label, 1));

    [Theory]
    [InlineData("a", 0)]
    [InlineData("b", 1)]
    [InlineData("never seen", 1)]
    public void Several_classes_are_half_the_squared_distance(string label, double loss) =>
        Assert.Equal(loss, RowLoss.Of(LiveModel.Signature with { Task = TaskKind.Multiclass, Classes = ["a", "b"] }, [1, 0], label, 1));

    [Theory]
    [InlineData(3, "2", 0.25)]
    [InlineData(300, "2", 1)]
    [InlineData(-300, "2", 1)]
    public void Regression_is_the_capped_absolute_error(double value, string label, double loss) =>
        Assert.Equal(loss, RowLoss.Of(LiveModel.Signature with { Task = TaskKind.Regression, Classes = [] }, [value], label, 4));
}
