using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class RegressionLossTests
{
    private static readonly BoostedTreesOptions One = new() { Rounds = 1, Leaves = 6, LearningRate = 1, L2 = 0, MinChildRows = 20, Threads = 1 };

    [Theory]
    [InlineData(RegressionLoss.Absolute, 0.5)]
    [InlineData(RegressionLoss.Quantile, 0.5)]
    [InlineData(RegressionLoss.Quantile, 0.1)]
    [InlineData(RegressionLoss.Quantile, 0.95)]
    public void A_leaf_predicts_the_quantile_of_its_rows(RegressionLoss loss, double share)
    {
        var (matrix, targets) = Rows(1000);
        var predictor = Train(matrix, targets, One with { Loss = loss, Quantile = loss == RegressionLoss.Absolute ? 0.9 : share });
        var tree = Assert.Single(predictor.Trees);
        Assert.Equal(6, tree.Feature.Count(f => f < 0));
        foreach (var leaf in Leaves(matrix, tree))
        {
            var expected = Quantile([.. leaf.Select(row => (targets.Values[row], targets.Weights[row]))], share);
            Assert.Equal(expected, predictor.BaseMargins[0] + tree.Value[leaf.Key], 1e-5);
        }
        Assert.Equal(Quantile([.. targets.Values.Zip(targets.Weights)], share), predictor.BaseMargins[0], 1e-5);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.8)]
    public void About_that_share_of_rows_lies_below_what_the_quantile_loss_predicts(double share)
    {
        var (matrix, targets) = Rows(4000);
        targets = targets with { Weights = [.. Enumerable.Repeat(1.0, 4000)] };
        var predictor = Train(matrix, targets, One with { Rounds = 40, LearningRate = 0.2, Loss = RegressionLoss.Quantile, Quantile = share });
        var below = Margins(predictor, matrix).Zip(targets.Values).Count(row => row.Second <= row.First);
        Assert.InRange(below / 4000.0, share - 0.03, share + 0.03);
    }

    [Fact]
    public void A_leaf_of_the_Poisson_loss_is_a_Newton_step_from_the_logarithm_of_the_mean()
    {
        var (matrix, targets) = Rows(1000);
        targets = targets with { Values = [.. targets.Values.Select(v => Math.Floor(Math.Abs(v)))] };
        var predictor = Train(matrix, targets, One with { Loss = RegressionLoss.Poisson });
        var mean = targets.Values.Zip(targets.Weights, (y, w) => y * w).Sum() / targets.TotalWeight();
        Assert.Equal(Math.Log(mean), predictor.BaseMargins[0], 1e-6);
        var tree = Assert.Single(predictor.Trees);
        foreach (var leaf in Leaves(matrix, tree))
        {
            var weight = leaf.Sum(row => targets.Weights[row]);
            var step = leaf.Sum(row => targets.Weights[row] * (targets.Values[row] - mean)) / (weight * mean);
            Assert.Equal(step, tree.Value[leaf.Key], 1e-5);
        }
        Assert.Equal("label-impossible", Assert.Throws<ModelTrainingException>(() =>
            Train(matrix, targets with { Values = [.. targets.Values.Select(v => v - 1)] }, One with { Loss = RegressionLoss.Poisson })).Code);
    }

    [Theory]
    [InlineData(RegressionLoss.Absolute)]
    [InlineData(RegressionLoss.Quantile)]
    [InlineData(RegressionLoss.Poisson)]
    public void Rounds_lower_the_loss_and_threads_and_packing_do_not_matter(RegressionLoss loss)
    {
        var (matrix, targets) = Rows(3000);
        targets = targets with { Values = [.. targets.Values.Select(Math.Abs)] };
        BoostedTreesResult With(int threads, bool packed) => BoostedTreesTrainer.Train(matrix, targets, [0, 0], (matrix, targets),
            One with { Rounds = 15, LearningRate = 0.2, Loss = loss, Quantile = 0.7, Threads = threads, Packed = packed }, default);
        var (one, packed) = (With(1, false), With(1, true));
        Assert.All(one.ValidationLosses.Zip(one.ValidationLosses.Skip(1)), pair => Assert.True(pair.Second < pair.First + 1e-9));
        Assert.True(one.ValidationLosses[^1] < one.ValidationLosses[0] - 0.02);
        Assert.Equal(BoostedTreesTests.Text(one.Predictor), BoostedTreesTests.Text(With(4, false).Predictor));
        Assert.Equal(BoostedTreesTests.Text(packed.Predictor), BoostedTreesTests.Text(With(4, true).Predictor));
        Assert.Equal(one.ValidationLosses[^1] - one.ValidationLosses[0], packed.ValidationLosses[^1] - packed.ValidationLosses[0], 0.02);
    }

    [Fact]
    public void Class_weights_are_weights_of_the_rows_of_a_class()
    {
        var (matrix, targets) = Rows(1000);
        var classes = new TrainingTargets(TaskKind.Multiclass, 3, [.. targets.Values.Select(v => v < 0 ? 0.0 : v < 2 ? 1 : 2)], targets.Weights);
        double[] factors = [3, 0.5, 1];
        var byRow = classes with { Weights = [.. classes.Weights.Zip(classes.Values, (w, k) => w * factors[(int)k])] };
        Assert.Equal(BoostedTreesTests.Text(Train(matrix, byRow, One)), BoostedTreesTests.Text(Train(matrix, classes, One with { ClassWeights = factors })));
        Assert.NotEqual(BoostedTreesTests.Text(Train(matrix, classes, One)), BoostedTreesTests.Text(Train(matrix, byRow, One)));
        Assert.ThrowsAny<ArgumentException>(() => Train(matrix, classes, One with { ClassWeights = [1, 2] }));
        Assert.ThrowsAny<ArgumentException>(() => Train(matrix, targets, One with { ClassWeights = [1, 2] }));
    }

    // By counting, not by sorting.
    private static double Quantile((double Value, double Weight)[] rows, double share) => rows.Where(row => row.Weight > 0).Select(row => row.Value)
        .Where(value => rows.Where(row => row.Value <= value).Sum(row => row.Weight) >= share * rows.Sum(row => row.Weight) - 1e-9).Min();

    private static IEnumerable<IGrouping<int, int>> Leaves(FeatureMatrix matrix, Tree tree) => Enumerable.Range(0, matrix.RowCount)
        .GroupBy(row => ReferenceScorer.LeafOf(tree, [matrix[row, 0], matrix[row, 1]]));

    private static float[] Margins(TreeEnsemblePredictor predictor, FeatureMatrix matrix)
    {
        var (margins, margin) = (new float[matrix.RowCount], new float[1]);
        for (var row = 0; row < margins.Length; row++)
        {
            ReferenceScorer.Margins(predictor, [matrix[row, 0], matrix[row, 1]], margin);
            margins[row] = margin[0];
        }
        return margins;
    }

    private static TreeEnsemblePredictor Train(FeatureMatrix matrix, TrainingTargets targets, BoostedTreesOptions options) =>
        BoostedTreesTrainer.Train(matrix, targets, [0, 0], null, options, default).Predictor;

    private static (FeatureMatrix, TrainingTargets) Rows(int rows)
    {
        var random = new Xoshiro256(21);
        var (x, z, y, weights) = (new float[rows], new float[rows], new double[rows], new double[rows]);
        for (var r = 0; r < rows; r++)
        {
            (x[r], z[r], weights[r]) = ((float)random.NextDouble(), random.Next(9), random.Next(3));
            y[r] = 4 * x[r] + (z[r] > 5 ? 2 : 0) + (1 + x[r]) * (random.NextDouble() + random.NextDouble() - 1) - 1;
        }
        return (new FeatureMatrix(rows, [x, z]), new TrainingTargets(TaskKind.Regression, 1, y, weights));
    }
}
