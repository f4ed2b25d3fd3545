using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;
using Perennial.Learning.Tests.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class BoostedTreesTests
{
    private static readonly BoostedTreesOptions Small = new() { Rounds = 1, Leaves = 12, LearningRate = 1, L2 = 0, MinChildRows = 5, LevelSmoothing = 0, MinLevelRows = 0, Threads = 1 };

    [Theory]
    [InlineData(0.0)]
    [InlineData(2.5)]
    public void Every_split_is_the_best_there_is_by_brute_force(double l2)
    {
        var options = Small with { L2 = l2 };
        var (matrix, targets, levelCodes) = MixedRows(600, 4);
        var tree = Assert.Single(Train(matrix, targets, levelCodes, options).Trees);
        var residuals = Array.ConvertAll(targets.Values, v => (float)(targets.Values.Zip(targets.Weights, (a, b) => a * b).Sum() / targets.TotalWeight()) - v);
        var brute = new BruteForceSplits(matrix, levelCodes, residuals, targets.Weights, options);
        var byNode = brute.RowsByNode(tree);
        Assert.Equal(12, tree.Feature.Count(f => f < 0));
        Assert.Equal(3, tree.Feature.Where(f => f >= 0).Distinct().Count());
        for (var node = 0; node < tree.Feature.Length; node++)
        {
            if (tree.Feature[node] < 0) continue;
            var best = brute.BestGain(byNode[node]);
            var children = byNode[tree.Left[node]].ToHashSet();
            Assert.Equal(best, brute.Gain(byNode[node], children.Contains), 1e-6 * best);
            Assert.Equal(best, tree.Gain[node], 1e-5 * best);
        }
    }

    [Fact]
    public void A_leaf_holds_the_mean_residual_of_exactly_the_rows_that_the_scorer_sends_there()
    {
        var (matrix, targets, levelCodes) = MixedRows(600, 4);
        var predictor = Train(matrix, targets, levelCodes, Small);
        var tree = Assert.Single(predictor.Trees);
        var byNode = new BruteForceSplits(matrix, levelCodes, targets.Values, targets.Weights, Small).RowsByNode(tree);
        for (var node = 0; node < tree.Feature.Length; node++)
        {
            if (tree.Feature[node] >= 0) continue;
            Assert.True(byNode[node].Count >= Small.MinChildRows);
            var mean = byNode[node].Sum(r => targets.Weights[r] * targets.Values[r]) / byNode[node].Sum(r => targets.Weights[r]);
            Assert.Equal(mean, predictor.BaseMargins[0] + tree.Value[node], 1e-5);
        }
    }

    [Fact]
    public void Growth_is_best_first_so_fewer_leaves_are_the_same_tree_stopped_earlier()
    {
        var (matrix, targets, levelCodes) = MixedRows(600, 4);
        var large = Train(matrix, targets, levelCodes, Small).Trees[0];
        var small = Train(matrix, targets, levelCodes, Small with { Leaves = 6 }).Trees[0];
        var gains = large.Gain.Where(g => g > 0).ToArray();
        Assert.Equal(5, small.Gain.Count(g => g > 0));
        Assert.Subset(gains.ToHashSet(), small.Gain.Where(g => g > 0).ToHashSet());
        Assert.Equal(gains.Max(), large.Gain[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Missing_values_go_to_the_side_that_they_are_like(bool likeHigh)
    {
        var x = Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? float.NaN : i % 3).ToArray();
        var y = x.Select(v => float.IsNaN(v) ? (likeHigh ? 1.0 : 0.0) : v == 2 ? 1 : 0).ToArray();
        var tree = Train(new FeatureMatrix(300, [x]), Regression(y), [0], Small).Trees[0];
        Assert.Equal(!likeHigh, tree.MissingLeft[0]);
        Assert.Equal(3, tree.Feature.Length);
    }

    [Fact]
    public void Missing_alone_can_be_told_from_all_values()
    {
        var x = Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? float.NaN : i).ToArray();
        var tree = Train(new FeatureMatrix(300, [x]), Regression([.. x.Select(v => float.IsNaN(v) ? 1.0 : 0)]), [0], Small).Trees[0];
        Assert.Equal((false, float.MaxValue, 3), (tree.MissingLeft[0], tree.Threshold[0], tree.Feature.Length));
    }

    [Fact]
    public void Where_training_saw_nothing_missing_it_goes_with_the_greater_part()
    {
        var x = Enumerable.Range(0, 100).Select(i => (float)i).ToArray();
        bool MissingLeft(int cut) =>
            Train(new FeatureMatrix(100, [x]), Regression([.. x.Select(v => v < cut ? 0.0 : 1)]), [0], Small).Trees[0].MissingLeft[0];
        Assert.True(MissingLeft(80));
        Assert.False(MissingLeft(20));
    }

    [Fact]
    public void A_level_split_sets_one_level_against_the_rest()
    {
        var codes = Enumerable.Range(0, 400).Select(i => (float)(i % 5)).ToArray();
        var tree = Train(new FeatureMatrix(400, [codes]), Regression([.. codes.Select(c => c == 2 ? 7.0 : 1)]), [7], Small).Trees[0];
        Assert.Equal((true, 2f, 3), (tree.IsLevel[0], tree.Threshold[0], tree.Feature.Length));
        Assert.True(tree.Value[tree.Left[0]] > tree.Value[tree.Right[0]]);
    }

    [Fact]
    public void A_level_split_of_several_levels_holds_the_fewer_of_them_and_their_rows()
    {
        var codes = Enumerable.Range(0, 700).Select(i => (float)(i % 7)).ToArray();
        var tree = Train(new FeatureMatrix(700, [codes]), Regression([.. codes.Select(c => c is 1 or 2 or 5 ? 7.0 : 1)]), [9], Small).Trees[0];
        Assert.Equal([1, 2, 5], tree.SetAt(0)!.Codes);
        Assert.Equal([100, 100, 100], tree.SetAt(0)!.Rows);
        Assert.Equal([true, true, false, false], new[] { 2f, 5, 6, 8 }.Select(x => tree.GoesLeft(0, x)));
        Assert.Equal([700, 300, 400], tree.Cover);
        Assert.True(tree.Value[1] > tree.Value[2]);
    }

    [Fact]
    public void A_level_too_rare_to_judge_goes_right_with_unknown_ones()
    {
        var codes = Enumerable.Range(0, 300).Select(i => i < 10 ? 3f : i % 3).ToArray();
        var targets = Regression([.. codes.Select(c => c == 3 ? 100.0 : c == 2 ? 5 : 1)]);
        var tree = Train(new FeatureMatrix(300, [codes]), targets, [5], Small with { Leaves = 2, MinLevelRows = 11 }).Trees[0];
        Assert.False(tree.GoesLeft(0, 3));
        Assert.False(tree.GoesLeft(0, 4));
        tree = Train(new FeatureMatrix(300, [codes]), targets, [5], Small with { Leaves = 2, MinLevelRows = 10 }).Trees[0];
        Assert.Equal((true, 3f), (tree.GoesLeft(0, 3), tree.Threshold[0]));
    }

    [Fact]
    public void L1_moves_the_sum_of_gradients_towards_0_and_leaves_weak_leaves_there()
    {
        var x = Enumerable.Range(0, 100).Select(i => (float)(i % 2)).ToArray();
        var targets = Regression([.. x.Select(v => v == 1 ? 3.0 : 1)]);
        var tree = Train(new FeatureMatrix(100, [x]), targets, [0], Small with { L1 = 10, L2 = 2 }).Trees[0];
        // 50 rows with a residual of 1 on either side: T(50) / (50 + 2), and twice T(50)^2 / 52 of gain as the parent's sum is 0.
        Assert.Equal([40f / 52, -40f / 52], [tree.Value[tree.Right[0]], tree.Value[tree.Left[0]]]);
        Assert.Equal(2 * 40 * 40 / 52.0, tree.Gain[0], 1e-4);
        Assert.Empty(Train(new FeatureMatrix(100, [x]), targets, [0], Small with { L1 = 50 }).Trees);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_monotone_feature_never_moves_the_margin_the_other_way(int direction)
    {
        var (matrix, targets, levelCodes) = MixedRows(3000, 4);
        var options = Small with { Rounds = 20, Leaves = 20, LearningRate = 0.3, MinLevelRows = 0 };
        double Falls(IReadOnlyList<int> monotone) => BiggestFall(Train(matrix, targets, levelCodes, options with { Monotone = monotone }), matrix, direction);
        Assert.True(Falls([]) > 0.1);
        Assert.Equal(0, Falls([direction, 0, 0]));
        var free = BoostedTreesTrainer.Train(matrix, targets, levelCodes, (matrix, targets), options, default).ValidationLosses[^1];
        var bound = BoostedTreesTrainer.Train(matrix, targets, levelCodes, (matrix, targets), options with { Monotone = [0, 1, 0] }, default).ValidationLosses[^1];
        Assert.InRange(bound, free, 1.2 * free);
    }

    // How far any row's margin falls, in the direction, as its first feature rises through all values.
    private static double BiggestFall(TreeEnsemblePredictor predictor, FeatureMatrix matrix, int direction)
    {
        var (fall, row, margin) = (0f, new float[3], new float[1]);
        for (var r = 0; r < matrix.RowCount; r += 50)
        {
            matrix.CopyRow(r, row);
            var last = float.NegativeInfinity;
            for (var x = 0f; x < 12.5f; x += 0.125f)
            {
                row[0] = x;
                ReferenceScorer.Margins(predictor, row, margin);
                fall = Math.Max(fall, last - direction * margin[0]);
                last = direction * margin[0];
            }
        }
        return fall;
    }

    [Fact]
    public void Constraints_that_cannot_hold_are_refused()
    {
        var (matrix, targets, levelCodes) = MixedRows(300, 4);
        foreach (var monotone in new int[][] { [1, 0], [0, 0, 1], [2, 0, 0] })
            Assert.ThrowsAny<ArgumentException>(() => Train(matrix, targets, levelCodes, Small with { Monotone = monotone }));
        var classes = new TrainingTargets(TaskKind.Multiclass, 3, [.. targets.Values.Select(v => (double)Math.Min(2, (int)v))], targets.Weights);
        Assert.ThrowsAny<ArgumentException>(() => Train(matrix, classes, levelCodes, Small with { Monotone = [1, 0, 0] }));
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Multiclass)]
    [InlineData(TaskKind.Regression)]
    public void Each_round_lowers_the_loss_on_the_training_rows(TaskKind task)
    {
        var rows = SyntheticRows.Of(800, 6);
        var spec = SyntheticRows.Spec(ModelTraining.BoostedTrees, task, rows) with { Parameters = new Dictionary<string, double> { ["rounds"] = 12 } };
        var model = ModelTraining.Train(spec, default).Model;
        var ensemble = (TreeEnsemblePredictor)model.Predictor;
        var losses = Enumerable.Range(0, 13).Select(rounds => SyntheticRows.Loss(spec, ReferenceScorer.Score(
            model with { Predictor = ensemble with { Trees = [.. ensemble.Trees.Take(rounds * ensemble.Outputs)] } }, rows), rows)).ToArray();
        for (var round = 1; round < losses.Length; round++) Assert.True(losses[round] < losses[round - 1], string.Join(", ", losses));
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Multiclass)]
    [InlineData(TaskKind.Regression)]
    public void Threads_do_not_change_a_bit(TaskKind task)
    {
        var spec = SyntheticRows.Spec(ModelTraining.BoostedTrees, task, SyntheticRows.Of(17_000, 5), SyntheticRows.Of(500, 6)) with
        {
            Parameters = new Dictionary<string, double> { ["rounds"] = 2, ["rowSampling"] = 0.9 },
        };
        string With(int threads) => Text((TreeEnsemblePredictor)ModelTraining.Train(spec with { Threads = threads }, default).Model.Predictor);
        var one = With(1);
        Assert.Equal(one, With(2));
        Assert.Equal(one, With(4));
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Multiclass)]
    [InlineData(TaskKind.Regression)]
    public void Packed_gradients_give_other_bits_whose_loss_is_the_same_within_a_hundredth(TaskKind task)
    {
        var (matrix, targets, levelCodes) = MixedRows(9000, 4);
        var outputs = task == TaskKind.Multiclass ? 3 : 1;
        targets = targets with
        {
            Task = task,
            Outputs = outputs,
            Values = task == TaskKind.Regression ? targets.Values : [.. targets.Values.Select(v => (double)Math.Min(task == TaskKind.Binary ? 1 : 2, (int)(v / 2.5)))],
        };
        BoostedTreesResult With(bool packed, int threads) => BoostedTreesTrainer.Train(matrix, targets, levelCodes, (matrix, targets),
            new BoostedTreesOptions { Rounds = 10, Leaves = 12, Packed = packed, Threads = threads }, default);
        var (exact, packed) = (With(false, 1), With(true, 1));
        Assert.NotEqual(Text(exact.Predictor), Text(packed.Predictor));
        Assert.Equal(1, packed.ValidationLosses[^1] / exact.ValidationLosses[^1], 0.01);
        Assert.Equal(Text(packed.Predictor), Text(With(true, 4).Predictor));
    }

    [Fact]
    public void A_gradient_that_outweighs_all_others_keeps_rows_from_being_packed()
    {
        var (matrix, targets, levelCodes) = MixedRows(3000, 4);
        targets.Values[7] = 1e9;
        targets.Weights[7] = 1;
        string With(bool packed) => Text(Train(matrix, targets, levelCodes, Small with { Packed = packed }));
        Assert.Equal(With(false), With(true));
    }

    [Fact]
    public void The_seed_chooses_the_samples_and_equal_seeds_give_equal_trees()
    {
        var (matrix, targets, levelCodes) = MixedRows(600, 4);
        var options = Small with { Rounds = 5, RowSampling = 0.5, ColumnSampling = 0.5, Seed = 1 };
        var first = Text(Train(matrix, targets, levelCodes, options));
        Assert.Equal(first, Text(Train(matrix, targets, levelCodes, options)));
        Assert.NotEqual(first, Text(Train(matrix, targets, levelCodes, options with { Seed = 2 })));
    }

    [Fact]
    public void Column_sampling_leaves_the_other_columns_out_of_a_tree()
    {
        var (matrix, targets, levelCodes) = MixedRows(600, 4);
        var trees = Train(matrix, targets, levelCodes, Small with { Rounds = 20, ColumnSampling = 1.0 / 3 }).Trees;
        Assert.All(trees, tree => Assert.Single(tree.Feature.Where(f => f >= 0).Distinct()));
        Assert.Equal(3, trees.SelectMany(tree => tree.Feature).Where(f => f >= 0).Distinct().Count());
    }

    [Fact]
    public void A_row_of_weight_two_counts_as_two_rows_and_one_of_weight_zero_as_none()
    {
        var (matrix, targets, levelCodes) = MixedRows(300, 4);
        int[] twice = [.. Enumerable.Range(0, 300).SelectMany(r => Enumerable.Repeat(r, (int)targets.Weights[r]))];
        var repeated = new FeatureMatrix(twice.Length, [.. Enumerable.Range(0, 3).Select(f => twice.Select(r => matrix[r, f]).ToArray())]);
        var options = Small with { MinChildRows = 1, MinChildWeight = 10 };
        var weighted = Train(matrix, targets, levelCodes, options).Trees[0];
        var plain = Train(repeated, Regression([.. twice.Select(r => targets.Values[r])]), levelCodes, options).Trees[0];
        Assert.Contains(targets.Weights, w => w == 0);
        Assert.Equal(plain.Feature, weighted.Feature);
        for (var node = 0; node < plain.Value.Length; node++) Assert.Equal(plain.Value[node], weighted.Value[node], 1e-4);
    }

    [Fact]
    public void Early_stopping_returns_the_rounds_with_the_least_validation_loss()
    {
        var random = new Xoshiro256(9);
        FeatureMatrix Noise(int rows) => new(rows, [[.. Enumerable.Range(0, rows).Select(_ => (float)random.NextDouble())]]);
        TrainingTargets Near(FeatureMatrix m) => Regression([.. m.Column(0).ToArray().Select(x => x + 3 * random.NextDouble())]);
        var (train, held) = (Noise(300), Noise(300));
        var options = Small with { Rounds = 200, LearningRate = 0.2, EarlyStoppingRounds = 7 };
        var result = BoostedTreesTrainer.Train(train, Near(train), [0], (held, Near(held)), options, default);
        var losses = result.ValidationLosses;
        Assert.Equal(losses.ToList().IndexOf(losses.Min()), result.Rounds);
        Assert.Equal(result.Rounds + 7, result.RoundsTried);
        Assert.Equal(result.RoundsTried + 1, losses.Count);
        Assert.Equal(result.Rounds, result.Predictor.Trees.Count);
        Assert.InRange(result.Rounds, 1, 100);
    }

    internal static string Text(TreeEnsemblePredictor ensemble) => string.Join('\n', ensemble.Trees.Select(t => string.Join(' ',
        t.Output, Join(t.Feature), Join(t.Threshold), Join(t.IsLevel), Join(t.MissingLeft), Join(t.Left), Join(t.Right), Join(t.Value), Join(t.Gain),
        string.Join(';', t.Sets.Select(set => set is null ? "" : Join([.. set.Codes]))))));

    private static string Join<T>(T[] items) => string.Join(',', items);

    private static TrainingTargets Regression(double[] values) =>
        new(TaskKind.Regression, 1, values, [.. Enumerable.Repeat(1.0, values.Length)]);

    private static TreeEnsemblePredictor Train(FeatureMatrix matrix, TrainingTargets targets, int[] levelCodes, BoostedTreesOptions options) =>
        BoostedTreesTrainer.Train(matrix, targets, levelCodes, null, options, default).Predictor;

    // A number with missing values, one without, and a level; the label follows from all three. Weights are 0, 1 or 2.
    private static (FeatureMatrix, TrainingTargets, int[]) MixedRows(int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var (x, z, level) = (new float[rows], new float[rows], new float[rows]);
        var (y, weights) = (new double[rows], new double[rows]);
        for (var r = 0; r < rows; r++)
        {
            (x[r], z[r], level[r], weights[r]) = (random.Next(100) / 8f, random.Next(64) / 64f, random.Next(6), random.Next(3));
            if (random.Next(4) == 0) x[r] = float.NaN;
            y[r] = (float.IsNaN(x[r]) ? 2 : Math.Abs(x[r] - 5)) + 3 * z[r] * z[r] + (level[r] == 3 ? 2 : level[r] == 1 ? -1 : 0) + random.NextDouble();
        }
        return (new FeatureMatrix(rows, [x, z, level]), new TrainingTargets(TaskKind.Regression, 1, y, weights), [0, 0, 6]);
    }
}
