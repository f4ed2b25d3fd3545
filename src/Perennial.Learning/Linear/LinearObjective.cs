using System.Globalization;
using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Numerics;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Linear;

/// <summary>
/// The regularised loss of a linear model and its gradient. Coefficients lie output by output: the weights of output k, then its
/// intercept. They are sought in the coordinates of <see cref="LinearScaling"/>. Each block of rows has a gradient of its own and these are
/// added in block order, so threads cannot be seen; only some blocks are at work at a time, because each holds as many numbers as there
/// are coefficients.
/// </summary>
internal sealed class LinearObjective(SparseRows rows, TrainingTargets targets, LinearScaling scaling, int threads)
{
    // How many numbers the gradients of the blocks at work may hold together.
    private const int GradientNumbers = 1 << 22;

    /// <summary>More coefficients than this are refused: a fit holds some 26 vectors of them, so about 1 GB.</summary>
    public const int MostCoefficients = 5_000_000;

    private readonly BoostingLoss _loss = BoostingLoss.Of(targets.Task);
    private readonly double _totalWeight = targets.TotalWeight();
    private readonly int _outputs = targets.Outputs;
    private readonly int _stride = rows.FeatureCount + 1;
    private readonly int _blocks = FixedOrderSums.Blocks(rows.RowCount);
    private readonly double[][] _gradients = [.. Enumerable
        .Range(0, Math.Clamp(GradientNumbers / (targets.Outputs * (rows.FeatureCount + 1)), 1, FixedOrderSums.Blocks(rows.RowCount)))
        .Select(_ => new double[targets.Outputs * (rows.FeatureCount + 1)])];

    /// <summary>The number of coefficients.</summary>
    public int Length => _outputs * _stride;

    /// <summary>Refuses what does not fit into memory, before anything is allocated.</summary>
    /// <exception cref="ModelTrainingException">There are too many coefficients.</exception>
    public static void CheckSize(int outputs, int features)
    {
        var coefficients = outputs * (features + 1L);
        if (coefficients > MostCoefficients)
            throw new ModelTrainingException("too-many-coefficients", string.Create(CultureInfo.InvariantCulture,
                $"A linear model of {features:N0} features and {outputs:N0} outputs has {coefficients:N0} coefficients; at most {MostCoefficients:N0} are fitted. "
                + $"Lower maxTerms or maxLevels, merge rare classes, or leave 'linear' out of the candidates."));
    }

    /// <summary>Writes the gradient at a point of the scaled coordinates and returns the value.</summary>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var coefficients = point.ToArray();
        scaling.ToCoefficients(coefficients);
        gradient.Clear();
        var value = 0.0;
        var losses = new double[_gradients.Length];
        for (var first = 0; first < _blocks; first += losses.Length)
        {
            var offset = first * FixedOrderSums.Block;
            var count = Math.Min(rows.RowCount - offset, losses.Length * FixedOrderSums.Block);
            FixedOrderSums.ForEachBlock(count, threads, (block, begin, end) =>
                losses[block] = EvaluateBlock(coefficients, _gradients[block], offset + begin, offset + end));
            for (var block = 0; block < FixedOrderSums.Blocks(count); block++)
            {
                value += losses[block];
                for (var i = 0; i < gradient.Length; i++) gradient[i] += _gradients[block][i];
            }
        }
        for (var i = 0; i < gradient.Length; i++) gradient[i] /= _totalWeight;
        return value / _totalWeight + scaling.ToGradient(coefficients, gradient);
    }

    private double EvaluateBlock(double[] coefficients, double[] sums, int begin, int end)
    {
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
        return loss;
    }
}
