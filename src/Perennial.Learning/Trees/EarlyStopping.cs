using Perennial.Learning.Models;

namespace Perennial.Learning.Trees;

/// <summary>Follows the loss on validation rows, round by round, and says when to stop.</summary>
internal sealed class EarlyStopping(BinnedMatrix matrix, TrainingTargets targets, BoostedTreesOptions options)
{
    private readonly BoostingLoss _loss = BoostingLoss.Of(targets.Task, options);
    private readonly double[] _margins = new double[matrix.RowCount * targets.Outputs];
    private readonly List<double> _losses = [];

    /// <summary>The mean loss after 0, 1, … rounds.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>The number of rounds with the least loss so far; the fewest where equal.</summary>
    public int BestRounds { get; private set; }

    /// <summary>Whether the loss has not fallen for as many rounds as the options allow.</summary>
    public bool IsOver => options.EarlyStoppingRounds > 0 && _losses.Count - 1 - BestRounds >= options.EarlyStoppingRounds;

    /// <summary>Begins at the base margins.</summary>
    public void Begin(float[] baseMargins)
    {
        for (var i = 0; i < _margins.Length; i++) _margins[i] = baseMargins[i % baseMargins.Length];
        Note();
    }

    /// <summary>Adds one round's trees, tree k to margin k.</summary>
    public void Add(IReadOnlyList<BinnedTree> round)
    {
        for (var k = 0; k < round.Count; k++) round[k].AddTo(matrix, _margins, targets.Outputs, k, options.Threads);
        Note();
    }

    private void Note()
    {
        _losses.Add(_loss.MeanLoss(_margins, targets, options.Threads));
        if (_losses[^1] < _losses[BestRounds]) BestRounds = _losses.Count - 1;
    }
}
