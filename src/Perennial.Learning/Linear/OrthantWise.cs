namespace Perennial.Learning.Linear;

/// <summary>
/// Minimises a smooth convex function plus weighted magnitudes by OWL-QN (Andrew and Gao 2007, "Scalable training of L1-regularized
/// log-linear models"): L-BFGS within the orthant that the steepest descent leads into, so that coordinates end at exactly zero. All sums
/// run in index order, so the path is the same everywhere.
/// </summary>
/// <param name="penalties">By coordinate, what its magnitude is multiplied with; 0 where it is free.</param>
/// <param name="maxIterations">The most steps.</param>
/// <param name="tolerance">The descent ends when no element of the pseudo-gradient is greater.</param>
internal sealed class OrthantWise(double[] penalties, int maxIterations, double tolerance)
{
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 50;

    private readonly LbfgsMemory _memory = new();

    /// <summary>Moves a point to the minimum, in place.</summary>
    public (int Iterations, bool Converged) Minimize(double[] point, Lbfgs.Objective objective, CancellationToken cancellationToken)
    {
        var gradient = new double[point.Length];
        var value = objective(point, gradient) + Penalty(point);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pseudo = PseudoGradient(point, gradient);
            if (pseudo.All(g => Math.Abs(g) <= tolerance)) return (iteration, true);
            if (Search(objective, point, ref gradient, ref value, pseudo)) continue;
            // Rounding may have spoilt the memory: steepest descent is tried before giving up.
            if (_memory.IsEmpty) return (iteration, false);
            _memory.Clear();
        }
        return (maxIterations, false);
    }

    private bool Search(Lbfgs.Objective objective, double[] point, ref double[] gradient, ref double value, double[] pseudo)
    {
        var direction = _memory.Direction(pseudo);
        for (var i = 0; i < direction.Length; i++)
            if (direction[i] * pseudo[i] >= 0) direction[i] = 0;
        var step = _memory.IsEmpty ? Math.Min(1, 1 / Math.Sqrt(LbfgsMemory.Dot(pseudo, pseudo))) : 1;
        var next = new double[point.Length];
        var nextGradient = new double[point.Length];
        for (var halving = 0; halving < MostHalvings; halving++, step /= 2)
        {
            var promised = 0.0;
            for (var i = 0; i < next.Length; i++)
            {
                next[i] = Within(point[i], pseudo[i], penalties[i], point[i] + step * direction[i]);
                promised += pseudo[i] * (next[i] - point[i]);
            }
            if (promised >= 0) return false;
            var nextValue = objective(next, nextGradient) + Penalty(next);
            if (!(nextValue <= value + SufficientDecrease * promised)) continue;
            _memory.Remember(point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            (gradient, value) = (nextGradient, nextValue);
            return true;
        }
        return false;
    }

    // A coordinate that would change its sign stops at zero, where the penalty has its kink.
    private static double Within(double from, double pseudo, double penalty, double to) =>
        penalty == 0 || Math.Sign(to) == (from != 0 ? Math.Sign(from) : -Math.Sign(pseudo)) ? to : 0;

    // The one-sided derivative along the steepest descent; zero where both sides rise.
    private double[] PseudoGradient(double[] point, double[] gradient)
    {
        var pseudo = new double[point.Length];
        for (var i = 0; i < pseudo.Length; i++)
        {
            var penalty = penalties[i];
            pseudo[i] = point[i] != 0 ? gradient[i] + penalty * Math.Sign(point[i])
                : gradient[i] + penalty < 0 ? gradient[i] + penalty
                : Math.Max(gradient[i] - penalty, 0);
        }
        return pseudo;
    }

    private double Penalty(double[] point)
    {
        var sum = 0.0;
        for (var i = 0; i < point.Length; i++) sum += penalties[i] * Math.Abs(point[i]);
        return sum;
    }
}
