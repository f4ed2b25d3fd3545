using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class CollapsedRowsTests
{
    [Fact]
    public void Groups_are_those_of_a_plain_grouping_by_bins()
    {
        var (matrix, targets) = Rows(TaskKind.Binary, 3000);
        var binned = BinnedMatrix.Fit(matrix, new int[11], 255, 1);
        var collapsed = CollapsedRows.Of(binned, targets, 1)!;
        string Key(BinnedMatrix of, int row) => string.Join(',', Enumerable.Range(0, 11).Select(f => of.Column(f)[row]));
        var expected = Enumerable.Range(0, 3000).Where(row => targets.Weights[row] > 0).GroupBy(row => Key(binned, row)).ToDictionary(g => g.Key);
        Assert.Equal(expected.Keys.Order(), Enumerable.Range(0, collapsed.Matrix.RowCount).Select(g => Key(collapsed.Matrix, g)).Order());
        for (var group = 0; group < collapsed.Matrix.RowCount; group++)
        {
            var rows = expected[Key(collapsed.Matrix, group)].ToArray();
            Assert.Equal(rows.Length, collapsed.Counts[group]);
            Assert.Equal(rows.Sum(row => targets.Weights[row]), collapsed.Targets.Weights[group], 1e-12);
            Assert.Equal(rows.Sum(row => targets.Weights[row] * targets.Values[row]) / rows.Sum(row => targets.Weights[row]), collapsed.Targets.Values[group], 1e-12);
        }
    }

    [Fact]
    public void Threads_find_the_same_groups_in_the_same_order()
    {
        var (matrix, targets) = Rows(TaskKind.Regression, 3000);
        var binned = BinnedMatrix.Fit(matrix, new int[11], 255, 1);
        var (one, four) = (CollapsedRows.Of(binned, targets, 1)!, CollapsedRows.Of(binned, targets, 4)!);
        Assert.Equal(one.Targets.Values, four.Targets.Values);
        Assert.Equal(one.Targets.Weights, four.Targets.Weights);
        Assert.Equal(one.Counts, four.Counts);
    }

    [Fact]
    public void Rows_that_hardly_repeat_are_left_alone()
    {
        var random = new Xoshiro256(3);
        float[] Column(int rows, int values) => [.. Enumerable.Range(0, rows).Select(_ => (float)random.Next(values))];
        CollapsedRows? Of(int values)
        {
            var matrix = new FeatureMatrix(2000, [Column(2000, values), Column(2000, values)]);
            return CollapsedRows.Of(BinnedMatrix.Fit(matrix, [0, 0], 255, 1), new TrainingTargets(TaskKind.Regression, 1, new double[2000], [.. Enumerable.Repeat(1.0, 2000)]), 1);
        }
        Assert.Null(Of(200));
        Assert.Null(Of(37));
        Assert.Equal(25, Of(5)!.Matrix.RowCount);
    }

    // Their tables are so small that one batch of rows fills them, and whoever looks for a free place in a full one looks for ever.
    [Fact]
    public async Task A_few_rows_that_all_differ_come_to_an_end()
    {
        for (var rows = 12; rows <= 60; rows++)
        {
            // The first eighth, from which the rest is guessed, are equal.
            var count = rows;
            float[] column = [.. Enumerable.Range(0, count).Select(i => i < count / 8 ? 0f : i)];
            var targets = new TrainingTargets(TaskKind.Regression, 1, new double[count], [.. Enumerable.Repeat(1.0, count)]);
            var binned = BinnedMatrix.Fit(new FeatureMatrix(count, [column]), [0], 255, 1);
            Assert.Null(await Task.Run(() => CollapsedRows.Of(binned, targets, 1)).WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Regression)]
    public void Trees_on_collapsed_rows_are_those_on_all_rows(TaskKind task)
    {
        var (matrix, targets) = Rows(task, 3000);
        TreeEnsemblePredictor With(bool collapse) => BoostedTreesTrainer.Train(matrix, targets, new int[11], null,
            new BoostedTreesOptions { Rounds = 8, Leaves = 10, Collapse = collapse, MinChildRows = 30, Threads = 1 }, default).Predictor;
        var (all, collapsed) = (With(false), With(true));
        Assert.Equal(8, all.Trees.Count);
        for (var t = 0; t < 8; t++)
        {
            var (tree, other) = (all.Trees[t], collapsed.Trees[t]);
            Assert.Equal(tree.Feature, other.Feature);
            Assert.Equal(tree.Threshold, other.Threshold);
            Assert.Equal(tree.Cover, other.Cover);
            for (var node = 0; node < tree.Value.Length; node++) Assert.Equal(tree.Value[node], other.Value[node], 1e-5);
        }
    }

    // Eleven features (two words) of few values, some missing; weights 0, 1 or 2.
    private static (FeatureMatrix, TrainingTargets) Rows(TaskKind task, int rows)
    {
        var random = new Xoshiro256(6);
        var columns = Enumerable.Range(0, 11).Select(_ => new float[rows]).ToArray();
        var (values, weights) = (new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            foreach (var f in new[] { 0, 4, 9 }) columns[f][row] = random.Next(8) == 0 ? float.NaN : random.Next(6);
            var value = (float.IsNaN(columns[0][row]) ? 2 : columns[0][row]) + (columns[9][row] > 2 ? 1 : 0) + 2 * random.NextDouble();
            (values[row], weights[row]) = (task == TaskKind.Binary ? (value > 4 ? 1 : 0) : value, random.Next(3));
        }
        return (new FeatureMatrix(rows, columns), new TrainingTargets(task, 1, values, weights));
    }
}
