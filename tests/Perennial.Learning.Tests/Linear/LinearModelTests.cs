using Perennial.Learning.Features;
using Perennial.Learning.Linear;
using Perennial.Learning.Models;
using Perennial.Learning.Tests.Models;

namespace Perennial.Learning.Tests.Linear;

public class LinearModelTests
{
    private static readonly LinearOptions Options = new() { L2 = ScikitLearnRows.L2, Tolerance = 1e-9, Threads = 1 };

    [Fact]
    public void Ridge_has_the_coefficients_of_scikit_learn() =>
        AssertClose(ScikitLearnRows.Ridge, Coefficients(Ridge(ScikitLearnRows.Targets(TaskKind.Regression), Options).Predictor, 0));

    [Fact]
    public void Ridge_by_descent_ends_where_the_normal_equations_do()
    {
        var fit = LogisticRegressionTrainer.Minimize(SparseRows.From(ScikitLearnRows.Matrix), ScikitLearnRows.Targets(TaskKind.Regression), Options, default);
        Assert.True(fit.Converged);
        AssertClose(ScikitLearnRows.Ridge, Coefficients(fit.Predictor, 0));
    }

    [Fact]
    public void Binary_logistic_regression_has_the_coefficients_of_scikit_learn()
    {
        var fit = LogisticRegressionTrainer.Train(ScikitLearnRows.Matrix, ScikitLearnRows.Targets(TaskKind.Binary), Options, default);
        Assert.True(fit.Converged);
        AssertClose(ScikitLearnRows.Binary, Coefficients(fit.Predictor, 0));
    }

    [Fact]
    public void Multinomial_logistic_regression_has_the_coefficients_of_scikit_learn()
    {
        var fit = LogisticRegressionTrainer.Train(ScikitLearnRows.Matrix, ScikitLearnRows.Targets(TaskKind.Multiclass), Options, default);
        Assert.True(fit.Converged);

        // A common shift of all intercepts changes nothing; scikit-learn's sum to 0.
        var shift = fit.Predictor.Intercepts.Average();
        for (var k = 0; k < 3; k++)
        {
            var coefficients = Coefficients(fit.Predictor, k);
            coefficients[^1] -= shift;
            AssertClose(ScikitLearnRows.Multinomial[k], coefficients);
        }
    }

    [Fact]
    public void The_elastic_net_has_the_coefficients_of_scikit_learn()
    {
        var fit = Ridge(ScikitLearnRows.Targets(TaskKind.Regression), ElasticNet(0.3, 0.7));
        Assert.True(fit.Converged);
        AssertClose(ScikitLearnRows.ElasticNet, Coefficients(fit.Predictor, 0));
        Assert.Equal(0, fit.Predictor.Weights[0][3]);
    }

    [Fact]
    public void Logistic_regression_with_the_elastic_net_has_the_coefficients_of_scikit_learn()
    {
        var fit = LogisticRegressionTrainer.Train(
            ScikitLearnRows.Matrix, ScikitLearnRows.Targets(TaskKind.Binary), ElasticNet(0.05, 0.6), default);
        Assert.True(fit.Converged);
        AssertClose(ScikitLearnRows.BinaryElasticNet, Coefficients(fit.Predictor, 0));
    }

    [Fact]
    public void Multinomial_regression_with_the_elastic_net_has_the_coefficients_of_scikit_learn()
    {
        var fit = LogisticRegressionTrainer.Train(
            ScikitLearnRows.Matrix, ScikitLearnRows.Targets(TaskKind.Multiclass), ElasticNet(0.05, 0.6), default);
        Assert.True(fit.Converged);
        var shift = fit.Predictor.Intercepts.Average();
        for (var k = 0; k < 3; k++)
        {
            var coefficients = Coefficients(fit.Predictor, k);
            coefficients[^1] -= shift;
            AssertClose(ScikitLearnRows.MultinomialElasticNet[k], coefficients);
        }
    }

    [Fact]
    public void A_strong_penalty_on_magnitudes_leaves_the_mean_alone()
    {
        var fit = Ridge(ScikitLearnRows.Targets(TaskKind.Regression), Options with { L1 = 1000 });
        Assert.All(fit.Predictor.Weights[0], w => Assert.Equal(0, w));
        var targets = ScikitLearnRows.Targets(TaskKind.Regression);
        var mean = targets.Values.Zip(targets.Weights, (v, w) => v * w).Sum() / targets.TotalWeight();
        Assert.Equal(mean, fit.Predictor.Intercepts[0], 1e-5);
    }

    [Fact]
    public void The_same_rows_many_times_over_have_the_same_coefficients()
    {
        // Rows for three blocks, whose losses and gradients must all count.
        const int Times = 140;
        var once = ScikitLearnRows.Targets(TaskKind.Binary);
        T[] Repeat<T>(ReadOnlySpan<T> items) => [.. Enumerable.Repeat(items.ToArray(), Times).SelectMany(item => item)];
        var matrix = new FeatureMatrix(60 * Times, [.. Enumerable.Range(0, 4).Select(f => Repeat(ScikitLearnRows.Matrix.Column(f)))]);
        var targets = new TrainingTargets(TaskKind.Binary, 1, Repeat<double>(once.Values), Repeat<double>(once.Weights));
        var objective = new LinearObjective(
            SparseRows.From(matrix), targets, LinearScaling.Of(SparseRows.From(matrix), targets, ScikitLearnRows.L2), 1);
        Assert.Equal(Math.Log(2), objective.Evaluate(new double[objective.Length], new double[objective.Length]), 1e-12);
        AssertClose(ScikitLearnRows.Binary, Coefficients(LogisticRegressionTrainer.Train(matrix, targets, Options, default).Predictor, 0));
    }

    [Fact]
    public void A_collinear_feature_without_a_penalty_is_still_fitted()
    {
        float[] x = [0, 1, 2, 3];
        var matrix = new FeatureMatrix(4, [x, [.. x.Select(v => 2 * v)]]);
        var targets = new TrainingTargets(TaskKind.Regression, 1, [1, 3, 5, 7], [1, 1, 1, 1]);
        var fit = LinearRegressionTrainer.Train(matrix, targets, Options with { L2 = 0 }, default);
        var margins = new float[1];
        for (var row = 0; row < 4; row++)
        {
            ReferenceScorer.Margins(fit.Predictor, [matrix[row, 0], matrix[row, 1]], margins);
            Assert.Equal(targets.Values[row], margins[0], 1e-4);
        }
    }

    [Fact]
    public void A_row_of_weight_two_counts_as_two_rows_and_one_of_weight_zero_as_none()
    {
        var twice = new TrainingTargets(TaskKind.Regression, 1, [1, 3, 2, 2, 100], [1, 1, 1, 1, 0]);
        var weighted = new TrainingTargets(TaskKind.Regression, 1, [1, 3, 2], [1, 1, 2]);
        var long5 = LinearRegressionTrainer.Train(new FeatureMatrix(5, [[0, 1, 5, 5, 9]]), twice, Options, default);
        var short3 = LinearRegressionTrainer.Train(new FeatureMatrix(3, [[0, 1, 5]]), weighted, Options, default);
        AssertClose(Coefficients(short3.Predictor, 0), Coefficients(long5.Predictor, 0));
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Multiclass)]
    public void Threads_do_not_change_a_bit(TaskKind task)
    {
        // Rows for several blocks, so that threads really share them.
        var spec = SyntheticRows.Spec(ModelTraining.Linear, task, SyntheticRows.Of(17_000, 5)) with
        {
            Parameters = new Dictionary<string, double> { ["maxIterations"] = 3 },
        };
        var one = (LinearPredictor)ModelTraining.Train(spec, default).Model.Predictor;
        var four = (LinearPredictor)ModelTraining.Train(spec with { Threads = 4 }, default).Model.Predictor;
        Assert.Equal(one.Intercepts, four.Intercepts);
        for (var k = 0; k < one.Outputs; k++) Assert.Equal(one.Weights[k], four.Weights[k]);
    }

    private static LinearOptions ElasticNet(double penalty, double share) =>
        Options with { L1 = penalty * share, L2 = penalty * (1 - share), MaxIterations = 5000 };

    private static LinearFit Ridge(TrainingTargets targets, LinearOptions options) =>
        LinearRegressionTrainer.Train(ScikitLearnRows.Matrix, targets, options, default);

    private static double[] Coefficients(LinearPredictor predictor, int output) =>
        [.. predictor.Weights[output].Select(w => (double)w), predictor.Intercepts[output]];

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * Math.Max(1, Math.Abs(expected[i])));
    }
}
