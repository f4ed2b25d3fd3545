namespace Perennial.Learning.Calibration;

/// <summary>
/// The never falling curve with the least weighted squared error, by pooling adjacent violators (M. Ayer et al. 1955; R. Barlow et al.
/// 1972, "Statistical inference under order restrictions"). Rows of equal scores are one row of their mean label first, and the curve is
/// straight between the first and last scores of neighbouring pools (B. Zadrozny and C. Elkan 2002, for calibration).
/// </summary>
internal static class IsotonicFit
{
    /// <summary>The curve; null where it is level, so that nothing is left of the scores.</summary>
    public static IsotonicCalibrator? Fit(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights)
    {
        var pools = new List<Pool>();
        foreach (var row in Rows(labels, scores, weights))
        {
            pools.Add(row);
            while (pools.Count > 1 && pools[^2].Mean >= pools[^1].Mean)
            {
                pools[^2] = pools[^2].With(pools[^1]);
                pools.RemoveAt(pools.Count - 1);
            }
        }
        if (pools.Count < 2) return null;
        var (knots, values) = (new List<double>(), new List<double>());
        foreach (var pool in pools)
        {
            (double Knot, double Value)[] ends = pool.First == pool.Last ? [(pool.First, pool.Mean)] : [(pool.First, pool.Mean), (pool.Last, pool.Mean)];
            foreach (var (knot, value) in ends)
            {
                knots.Add(knot);
                values.Add(value);
            }
        }
        return new IsotonicCalibrator(knots, values);
    }

    // By rising score; equal scores and weightless rows are no rows of their own.
    private static List<Pool> Rows(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights)
    {
        var order = new int[labels.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var keys = scores.ToArray();
        // Equal scores keep the order of their rows, so that sums are always taken in the same one.
        Array.Sort(order, (a, b) => keys[a].CompareTo(keys[b]) is var c and not 0 ? c : a.CompareTo(b));
        var rows = new List<Pool>();
        foreach (var row in order)
        {
            if (!(weights[row] > 0)) continue;
            var pool = new Pool(keys[row], keys[row], weights[row], weights[row] * labels[row]);
            if (rows.Count > 0 && rows[^1].Last == keys[row]) rows[^1] = rows[^1].With(pool);
            else rows.Add(pool);
        }
        return rows;
    }

    private readonly record struct Pool(double First, double Last, double Weight, double Sum)
    {
        public double Mean => Sum / Weight;

        public Pool With(Pool next) => new(First, next.Last, Weight + next.Weight, Sum + next.Sum);
    }
}
