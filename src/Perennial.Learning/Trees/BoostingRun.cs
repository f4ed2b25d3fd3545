using Perennial.Learning.Models;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Trees;

/// <summary>One training: margins of the training rows, and round after round of trees on their gradients.</summary>
internal sealed class BoostingRun : IDisposable
{
    private readonly BinnedMatrix _matrix;
    private readonly TrainingTargets _targets;
    private readonly BoostedTreesOptions _options;
    private readonly BoostingLoss _loss;
    private readonly float[] _baseMargins;
    private readonly ThreadTeam _team;
    private readonly TreeGrower _grower;
    private readonly Xoshiro256 _random;
    private readonly RoundGradients _gradients;
    private readonly bool[]? _weighted;
    private readonly double[] _margins;

    // Fewer rows are quick as they are.
    private const int ManyRows = 1 << 15;

    public BoostingRun(BinnedMatrix matrix, TrainingTargets targets, BoostedTreesOptions options)
    {
        _loss = BoostingLoss.Of(targets.Task, options);
        _baseMargins = _loss.BaseMargins(targets);
        var mayCollapse = _loss.MayCollapse && options.RowSampling == 1 && (options.Collapse ?? matrix.RowCount >= ManyRows);
        var collapsed = mayCollapse ? CollapsedRows.Of(matrix, targets, options.Threads) : null;
        if (collapsed is not null) (matrix, targets) = (collapsed.Matrix, collapsed.Targets);
        (_matrix, _targets, _options) = (matrix, targets, options);
        _team = new ThreadTeam(options.Threads);
        _grower = new TreeGrower(matrix, options, HistogramKernel.Best, _team);
        _random = new Xoshiro256(options.Seed);
        _gradients = new RoundGradients(_loss, matrix, targets, collapsed?.Counts, options);
        _weighted = targets.Weights.AsSpan().Contains(0.0) ? Array.ConvertAll(targets.Weights, weight => weight > 0) : null;
        _margins = HugePages.Advise(GC.AllocateUninitializedArray<double>(matrix.RowCount * targets.Outputs));
    }

    /// <summary>Grows rounds until there are enough, nothing splits any more, or the validation rows say stop.</summary>
    public BoostedTreesResult Grow(EarlyStopping? stopping, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _margins.Length; i++) _margins[i] = _baseMargins[i % _baseMargins.Length];
        stopping?.Begin(_baseMargins);
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
        return new BoostedTreesResult(new TreeEnsemblePredictor(trees, _baseMargins), kept, rounds.Count, stopping?.Losses ?? []);
    }

    /// <summary>Lets the threads go.</summary>
    public void Dispose() => _team.Dispose();

    private BinnedTree[] GrowRound()
    {
        var sample = SampleRows();
        _gradients.Begin(_margins);
        var grown = new BinnedTree[_targets.Outputs];
        for (var k = 0; k < grown.Length; k++)
        {
            grown[k] = _grower.Grow(_gradients.Of(k, _margins), sample, SampleFeatures(), k);
            if (_loss.LeafQuantile is { } share) _grower.SetToQuantiles(grown[k], share, _margins, _targets);
            if (sample is null) _grower.AddToSampled(grown[k], _margins, grown.Length, k);
            else grown[k].AddTo(_matrix, _margins, grown.Length, k, _options.Threads);
        }
        return grown;
    }

    // Null is all rows. A row without weight is never in a sample and takes no draw.
    private bool[]? SampleRows()
    {
        if (_options.RowSampling == 1) return _weighted;
        var sample = new bool[_matrix.RowCount];
        for (var row = 0; row < sample.Length; row++)
            sample[row] = _targets.Weights[row] > 0 && _random.NextDouble() < _options.RowSampling;
        return sample;
    }

    private int[] SampleFeatures()
    {
        var features = Enumerable.Range(0, _matrix.FeatureCount).ToArray();
        if (_options.ColumnSampling == 1) return features;
        _random.Shuffle<int>(features);
        var count = Math.Max(1, (int)Math.Round(_options.ColumnSampling * features.Length));
        return [.. features.Take(count).Order()];
    }
}
