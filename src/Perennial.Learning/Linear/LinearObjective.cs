using Perennial.Learning.Models;
using Perennial.Learning.Numerics;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Linear;

/// <summary>
/// The regularised loss of a linear model and its gradient. Coefficients lie output by output: the weights of output k, then its
/// intercept. They are sought in the coordinates of <see cref="LinearScaling"/>. Each block of rows has a gradient of its own and these are added in block order, so threads cannot be seen.
/// </summary>
internal sealed class LinearObjective(SparseRows rows, TrainingTargets targets, LinearScaling scaling, int threads)
{
    private readonly BoostingLoss _loss = BoostingLoss.Of(targets.Task);
    private readonly double _totalWeight = targets.TotalWeight();
    private readonly int _outputs = targets.Outputs;
    private readonly int _stride = rows.FeatureCount + 1;
    private readonly double[] _losses = new double[FixedOrderSums.Blocks(rows.RowCount)];
    private readonly double[][] _gradients =
        [.. Enumerable.Range(0, FixedOrderSums.Blocks(rows.RowCount)).Select(_ => new double[targets.Outputs * (rows.FeatureCount + 1)])];

    /// <summary>The number of coefficients.</summary>
    public int Length => _outputs * _stride;

    /// <summary>Writes the gradient at a point of the scaled coordinates and returns the value.</summary>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var coefficients = point.ToArray();
        scaling.ToCoefficients(coefficients);
        FixedOrderSums.ForEachBlock(rows.RowCount, threads, (block, begin, end) => EvaluateBlock(coefficients, block, begin, end));
        gradient.Clear();
        var value = 0.0;
        for (var block = 0; block < _losses.Length; block++)
        {
            value += _losses[block];
            for (var i = 0; i < gradient.Length; i++) gradient[i] += _gradients[block][i];
        }
        for (var i = 0; i < gradient.Length; i++) gradient[i] /= _totalWeight;
        return value / _totalWeight + scaling.ToGradient(coefficients, gradient);
    }

    private void EvaluateBlock(double[] coefficients, int block, int begin, int end)
    {
        var sums = _gradients[block];
        Array.Clear(sums);
        var (margins, gradients, hessians) = (new double[_outputs], new double[_outputs], new double[_outputs]);
        var loss = 0.0;
        for (var row = begin; row < end; row++)
        {
            var weight = targets.Weights[row];
            for (var k = 0; k < _outputs; k++)
                margins[k] = rows.Dot(row, coefficients.AsSpan(k * _stride, _stride)) + coefficients[k * _stride + rows.FeatureCount];
            loss += weight * _loss.RowLoss(margins, targets.Values[row]);
            _loss.RowGradients(margins, targets.Values[row], gradients, hessians);
            for (var k = 0; k < _outputs; k++)
            {
                rows.AddTo(sums.AsSpan(k * _stride, _stride), row, weight * gradients[k]);
                sums[k * _stride + rows.FeatureCount] += weight * gradients[k];
            }
        }
        _losses[block] = loss;
    }
}
