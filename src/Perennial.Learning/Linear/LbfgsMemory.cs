namespace Perennial.Learning.Linear;

/// <summary>
/// The latest steps of a descent and how the gradient changed over them: the inverse Hessian of L-BFGS (Nocedal and Wright 2006, algorithm
/// 7.4). All sums run in index order.
/// </summary>
internal sealed class LbfgsMemory
{
    private const int Most = 10;

    private readonly List<(double[] Step, double[] Change, double Product)> _pairs = [];

    /// <summary>Whether there is nothing to go by but the gradient.</summary>
    public bool IsEmpty => _pairs.Count == 0;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _pairs.Clear();

    /// <summary>Takes a step in, and the oldest out where there are many. A step along which the gradient does not grow is left out.</summary>
    public void Remember(double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        var step = new double[point.Length];
        var change = new double[point.Length];
        for (var i = 0; i < step.Length; i++) (step[i], change[i]) = (next[i] - point[i], nextGradient[i] - gradient[i]);
        var product = Dot(step, change);
        if (product <= 1e-14 * Dot(change, change)) return;
        if (_pairs.Count == Most) _pairs.RemoveAt(0);
        _pairs.Add((step, change, product));
    }

    /// <summary>The direction of descent: minus the inverse Hessian times the gradient.</summary>
    public double[] Direction(double[] gradient)
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

    /// <summary>The dot product, summed in index order.</summary>
    public static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(double[] to, double factor, double[] what)
    {
        for (var i = 0; i < to.Length; i++) to[i] += factor * what[i];
    }
}
