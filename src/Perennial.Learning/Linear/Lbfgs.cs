namespace Perennial.Learning.Linear;

/// <summary>
/// Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) with backtracking to the Armijo
/// condition. All sums run in index order, so the path is the same everywhere.
/// </summary>
internal sealed class Lbfgs(int maxIterations, double tolerance)
{
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 50;

    /// <summary>Writes the gradient at a point and returns the value there.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    private readonly LbfgsMemory _memory = new();

    /// <summary>Moves a point to the minimum, in place.</summary>
    public (int Iterations, bool Converged) Minimize(double[] point, Objective objective, CancellationToken cancellationToken)
    {
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (gradient.All(g => Math.Abs(g) <= tolerance)) return (iteration, true);
            var direction = _memory.Direction(gradient);
            var slope = LbfgsMemory.Dot(direction, gradient);
            if (slope >= 0)
            {
                // Rounding has spoilt the memory: start again from steepest descent.
                _memory.Clear();
                direction = Array.ConvertAll(gradient, g => -g);
                slope = -LbfgsMemory.Dot(gradient, gradient);
            }
            var first = _memory.IsEmpty ? Math.Min(1, 1 / Math.Sqrt(-slope)) : 1;
            if (!Search(objective, ref point, ref gradient, ref value, direction, slope, first)) return (iteration, false);
        }
        return (maxIterations, false);
    }

    private bool Search(Objective objective, ref double[] point, ref double[] gradient, ref double value,
        double[] direction, double slope, double step)
    {
        var next = new double[point.Length];
        var nextGradient = new double[point.Length];
        for (var halving = 0; halving < MostHalvings; halving++, step /= 2)
        {
            for (var i = 0; i < next.Length; i++) next[i] = point[i] + step * direction[i];
            var nextValue = objective(next, nextGradient);
            if (!(nextValue <= value + SufficientDecrease * step * slope)) continue;
            _memory.Remember(point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            (gradient, value) = (nextGradient, nextValue);
            return true;
        }
        return false;
    }
}
