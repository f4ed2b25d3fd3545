namespace Perennial.Learning.Linear;

/// <summary>
/// Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) with backtracking to the Armijo
/// condition. All sums run in index order, so the path is the same everywhere.
/// </summary>
internal sealed class Lbfgs(int maxIterations, double tolerance)
{
    private const int Memory = 10;
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 50;

    /// <summary>Writes the gradient at a point and returns the value there.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    private readonly List<(double[] Step, double[] Change, double Product)> _pairs = [];

    /// <summary>Moves a point to the minimum, in place.</summary>
    public (int Iterations, bool Converged) Minimize(double[] point, Objective objective, CancellationToken cancellationToken)
    {
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (gradient.All(g => Math.Abs(g) <= tolerance)) return (iteration, true);
            var direction = Direction(gradient);
            var slope = Dot(direction, gradient);
            if (slope >= 0)
            {
                // Rounding has spoilt the memory: start again from steepest descent.
                _pairs.Clear();
                direction = Array.ConvertAll(gradient, g => -g);
                slope = -Dot(gradient, gradient);
            }
            var first = _pairs.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(-slope)) : 1;
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
            Remember(point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            (gradient, value) = (nextGradient, nextValue);
            return true;
        }
        return false;
    }

    private void Remember(double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        var step = new double[point.Length];
        var change = new double[point.Length];
        for (var i = 0; i < step.Length; i++) (step[i], change[i]) = (next[i] - point[i], nextGradient[i] - gradient[i]);
        var product = Dot(step, change);
        if (product <= 1e-14 * Dot(change, change)) return;
        if (_pairs.Count == Memory) _pairs.RemoveAt(0);
        _pairs.Add((step, change, product));
    }

    private double[] Direction(double[] gradient)
    {
        var direction = Array.ConvertAll(gradient, g => -g);
        var alphas = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            alphas[i] = Dot(_pairs[i].Step, direction) / _pairs[i].Product;
            AddScaled(direction, -alphas[i], _pairs[i].Change);
        }
        if (_pairs.Count > 0)
        {
            var scale = _pairs[^1].Product / Dot(_pairs[^1].Change, _pairs[^1].Change);
            for (var i = 0; i < direction.Length; i++) direction[i] *= scale;
        }
        for (var i = 0; i < _pairs.Count; i++)
            AddScaled(direction, alphas[i] - Dot(_pairs[i].Change, direction) / _pairs[i].Product, _pairs[i].Step);
        return direction;
    }

    private static void AddScaled(double[] to, double factor, double[] what)
    {
        for (var i = 0; i < to.Length; i++) to[i] += factor * what[i];
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
