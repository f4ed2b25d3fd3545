using Perennial.Learning.Baselines;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Models;

public sealed class BaselineTests
{
    private static readonly TrainingTargets Numbers = new(TaskKind.Regression, 1, [1, 2, 3, 10, 99], [1, 1, 1, 2, 0]);

    [Fact]
    public void The_mean_is_that_of_all_rows_by_weight() => Assert.Equal([26f / 5], BaselineTrainer.Train(Numbers, 0).Margins);

    [Fact]
    public void The_last_value_is_that_of_the_last_row_that_counts() => Assert.Equal([10f], BaselineTrainer.Train(Numbers, 1).Margins);

    [Theory]
    [InlineData(2, 23f / 3)]
    [InlineData(4, 26f / 5)]
    [InlineData(40, 26f / 5)]
    public void Several_of_the_newest_rows_give_their_mean(int rows, float mean) => Assert.Equal([mean], BaselineTrainer.Train(Numbers, rows).Margins);

    [Fact]
    public void Of_classes_the_last_one_is_all_but_sure()
    {
        var margins = BaselineTrainer.Train(new TrainingTargets(TaskKind.Multiclass, 3, [0, 0, 1], [1, 1, 1]), 1).Margins;
        Assert.Equal(0f, margins[1]);
        Assert.True(margins[0] < -10 && float.IsFinite(margins[0]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0.5)]
    public void A_number_of_rows_that_there_cannot_be_is_refused(double rows)
    {
        var spec = SyntheticRows.Spec(ModelTraining.Baseline, TaskKind.Binary, SyntheticRows.Of(20, 1)) with
        {
            Parameters = new Dictionary<string, double> { ["newestRows"] = rows },
        };
        Assert.Equal("parameter-impossible", Assert.Throws<ModelTrainingException>(() => ModelTraining.Train(spec, default)).Code);
    }
}
