using Perennial.Learning.Models;
using Perennial.Learning.Numerics;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Trees;

/// <summary>One training: margins of the training rows, and round after round of trees on their gradients.</summary>
internal sealed class BoostingRun
{
    private readonly BinnedMatrix _matrix;
    private readonly TrainingTargets _targets;
    private readonly BoostedTreesOptions _options;
    private readonly BoostingLoss _loss;
    private readonly TreeGrower _grower;
    private readonly Xoshiro256 _random;
    private readonly FixedPointGradients _fixed;
    private readonly int[] _weighted;
    private readonly double[] _margins;
    private readonly double[][] _gradients;
    private readonly double[][] _hessians;

    public BoostingRun(BinnedMatrix matrix, TrainingTargets targets, BoostedTreesOptions options)
    {
        (_matrix, _targets, _options) = (matrix, targets, options);
        _loss = BoostingLoss.Of(targets.Task);
        _grower = new TreeGrower(matrix, options, HistogramKernel.Best);
        _random = new Xoshiro256(options.Seed);
        _fixed = new FixedPointGradients(matrix.RowCount);
        _weighted = [.. Enumerable.Range(0, matrix.RowCount).Where(row => targets.Weights[row] > 0)];
        _margins = new double[matrix.RowCount * targets.Outputs];
        _gradients = [.. Enumerable.Range(0, targets.Outputs).Select(_ => new double[matrix.RowCount])];
        _hessians = [.. Enumerable.Range(0, targets.Outputs).Select(_ => new double[matrix.RowCount])];
    }

    /// <summary>Grows rounds until there are enough, nothing splits any more, or the validation rows say stop.</summary>
    public BoostedTreesResult Grow(EarlyStopping? stopping, CancellationToken cancellationToken)
    {
        var baseMargins = _loss.BaseMargins(_targets);
        for (var i = 0; i < _margins.Length; i++) _margins[i] = baseMargins[i % baseMargins.Length];
        stopping?.Begin(baseMargins);
        var rounds = new List<Tree[]>();
        while (rounds.Count < _options.Rounds && stopping is not { IsOver: true })
        {
            cancellationToken.ThrowIfCancellationRequested();
            var grown = GrowRound();
            if (grown.All(tree => tree.Leaves == 1) && _options is { RowSampling: 1, ColumnSampling: 1 }) break;
            stopping?.Add(grown);
            rounds.Add([.. grown.Select(tree => tree.ToTree())]);
        }
        var kept = stopping?.BestRounds ?? rounds.Count;
        var trees = rounds.Take(kept).SelectMany(round => round).ToArray();
        return new BoostedTreesResult(new TreeEnsemblePredictor(trees, baseMargins), kept, rounds.Count, stopping?.Losses ?? []);
    }

    private BinnedTree[] GrowRound()
    {
        var sample = SampleRows();
        SetGradients();
        var grown = new BinnedTree[_targets.Outputs];
        for (var k = 0; k < grown.Length; k++)
        {
            _fixed.Set(_gradients[k], _hessians[k]);
            grown[k] = _grower.Grow(_fixed, sample, SampleFeatures(), k);
            if (sample.Length == _matrix.RowCount) _grower.AddToSampled(grown[k], _margins, grown.Length, k);
            else grown[k].AddTo(_matrix, _margins, grown.Length, k, _options.Threads);
        }
        return grown;
    }

    private void SetGradients()
    {
        var outputs = _targets.Outputs;
        FixedOrderSums.ForEachBlock(_matrix.RowCount, _options.Threads, (_, begin, end) =>
        {
            var (g, h) = (new double[outputs], new double[outputs]);
            for (var row = begin; row < end; row++)
            {
                _loss.RowGradients(_margins.AsSpan(row * outputs, outputs), _targets.Values[row], g, h);
                for (var k = 0; k < outputs; k++)
                {
                    _gradients[k][row] = g[k] * _targets.Weights[row];
                    _hessians[k][row] = h[k] * _targets.Weights[row];
                }
            }
        });
    }

    private int[] SampleRows() => _options.RowSampling == 1
        ? _weighted
        : [.. _weighted.Where(_ => _random.NextDouble() < _options.RowSampling)];

    private int[] SampleFeatures()
    {
        var features = Enumerable.Range(0, _matrix.FeatureCount).ToArray();
        if (_options.ColumnSampling == 1) return features;
        _random.Shuffle<int>(features);
        var count = Math.Max(1, (int)Math.Round(_options.ColumnSampling * features.Length));
        return [.. features.Take(count).Order()];
    }
}
