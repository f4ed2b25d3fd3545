using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// Gradients of all rows, round by round, in the form that suits them: packed where rows are many and none outweighs the others by far,
/// exact otherwise. The choice looks at the rows alone.
/// </summary>
internal sealed class RoundGradients
{
    // Packing fewer rows gains little, and small data should not be rounded.
    private const int ManyRows = 1 << 15;

    // Where the greatest gradient is so many times the mean one, most rows would have too few of the packed form's 14 bits.
    private const double MostUneven = 512;
    private const int Chunk = 1024;

    private readonly BoostingLoss _loss;
    private readonly TrainingTargets _targets;
    private readonly int[]? _counts;
    private readonly int _threads;
    private readonly bool _mayPack;
    private readonly double _mostWeight;
    private readonly bool _streams;
    private readonly bool _weighted;
    private readonly double[][] _gradients;
    private readonly double[][] _hessians;
    private readonly FixedPointGradients? _exact;
    private readonly PackedGradients? _packed;
    private uint _seed;

    /// <summary>Prepares.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="matrix">The rows' bins.</param>
    /// <param name="targets">The rows' targets and weights.</param>
    /// <param name="counts">How many rows each row stands for; null when each is one.</param>
    /// <param name="options">Their number of threads is resolved.</param>
    public RoundGradients(BoostingLoss loss, BinnedMatrix matrix, TrainingTargets targets, int[]? counts, BoostedTreesOptions options)
    {
        (_loss, _targets, _counts, _threads) = (loss, targets, counts, options.Threads);
        var rows = targets.RowCount;
        _mayPack = counts is null && (options.Packed ?? rows >= ManyRows);
        _mostWeight = targets.Weights.Max();
        _weighted = targets.Weights.AsSpan().ContainsAnyExcept(1.0);
        _streams = targets.Outputs == 1 && loss.Bounds is not null
            && (counts is not null || (_mayPack && _mostWeight * rows <= MostUneven * targets.TotalWeight()));
        var onlyPacked = _streams && counts is null;
        var table = RowTable.Of(matrix, onlyPacked ? 1 : 2, options.Threads);
        if (_mayPack) _packed = new PackedGradients(table);
        if (!onlyPacked) _exact = new FixedPointGradients(table);
        _gradients = [.. Enumerable.Range(0, _streams ? 0 : targets.Outputs).Select(_ => new double[rows])];
        _hessians = [.. Enumerable.Range(0, _streams ? 0 : targets.Outputs).Select(_ => new double[rows])];
    }

    /// <summary>Takes the margins that a round begins with.</summary>
    public void Begin(double[] margins)
    {
        if (_streams) return;
        var outputs = _targets.Outputs;
        if (outputs == 1)
            ForEachChunk((begin, count) => FillSingle(margins, begin, count, _gradients[0].AsSpan(begin, count), _hessians[0].AsSpan(begin, count)));
        else
            FixedOrderSums.ForEachBlock(_targets.RowCount, _threads, (_, begin, end) =>
            {
                var (g, h) = (new double[outputs], new double[outputs]);
                for (var row = begin; row < end; row++)
                {
                    _loss.RowGradients(margins.AsSpan(row * outputs, outputs), _targets.Values[row], g, h);
                    for (var k = 0; k < outputs; k++)
                    {
                        _gradients[k][row] = g[k] * _targets.Weights[row];
                        _hessians[k][row] = h[k] * _targets.Weights[row];
                    }
                }
            });
    }

    /// <summary>The gradients with respect to one output; they hold until the next call.</summary>
    public RowSums Of(int output, double[] margins)
    {
        _seed++;
        return _streams ? Stream(margins) : MayPack(output, out var gradient, out var hessian) ? Pack(output, gradient, hessian) : Exact(output);
    }

    // Never holds gradients of more than a chunk as doubles.
    private RowSums Stream(double[] margins)
    {
        var (gradient, hessian) = _loss.Bounds!.Value;
        if (_counts is null) _packed!.Begin(gradient * _mostWeight, hessian * _mostWeight, _seed);
        else _exact!.Begin(gradient * _mostWeight, hessian * _mostWeight);
        ForEachChunk((begin, count) =>
        {
            Span<double> g = stackalloc double[count], h = stackalloc double[count];
            FillSingle(margins, begin, count, g, h);
            if (_counts is null) _packed!.Set(begin, g, h);
            else _exact!.Set(begin, g, h, _counts);
        });
        return _counts is null ? _packed! : _exact!;
    }

    private bool MayPack(int output, out double gradient, out double hessian)
    {
        (gradient, hessian) = (0, 0);
        if (!_mayPack) return false;
        var (gradients, hessians) = (_gradients[output], _hessians[output]);
        gradient = FixedOrderSums.Max(gradients.Length, _threads, row => Math.Abs(gradients[row]));
        hessian = FixedOrderSums.Max(hessians.Length, _threads, row => hessians[row]);
        var mean = FixedOrderSums.Sum(gradients.Length, _threads, row => Math.Abs(gradients[row])) / gradients.Length;
        return gradient <= MostUneven * mean;
    }

    private PackedGradients Pack(int output, double gradient, double hessian)
    {
        var packed = _packed!;
        packed.Begin(gradient, hessian, _seed);
        ForEachChunk((begin, count) => packed.Set(begin, _gradients[output].AsSpan(begin, count), _hessians[output].AsSpan(begin, count)));
        return packed;
    }

    private FixedPointGradients Exact(int output)
    {
        var exact = _exact!;
        exact.Set(_gradients[output], _hessians[output], _counts, _threads);
        return exact;
    }

    private void FillSingle(double[] margins, int begin, int count, Span<double> gradients, Span<double> hessians)
    {
        _loss.Fill(margins.AsSpan(begin, count), _targets.Values.AsSpan(begin, count), gradients, hessians);
        if (!_weighted) return;
        var weights = _targets.Weights.AsSpan(begin, count);
        for (var i = 0; i < count; i++)
        {
            gradients[i] *= weights[i];
            hessians[i] *= weights[i];
        }
    }

    private void ForEachChunk(Action<int, int> work) => FixedOrderSums.ForEachBlock(_targets.RowCount, _threads, (_, begin, end) =>
    {
        for (; begin < end; begin += Chunk) work(begin, Math.Min(Chunk, end - begin));
    });
}
