namespace Perennial.Learning.Metrics;

/// <summary>Rows by falling score, with equal scores in one group: what every threshold-free measure walks.</summary>
internal sealed class RankedScores
{
    private readonly int[] _order;
    private readonly int[] _groupEnd;
    private readonly bool[] _positive;

    public RankedScores(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores)
    {
        _order = new int[labels.Length];
        var keys = new double[labels.Length];
        for (var row = 0; row < _order.Length; row++) (_order[row], keys[row]) = (row, -scores[row]);
        Array.Sort(keys, _order);
        var ends = new List<int>();
        var thresholds = new List<double>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (i + 1 < keys.Length && keys[i + 1].Equals(keys[i])) continue;
            ends.Add(i + 1);
            thresholds.Add(-keys[i]);
        }
        _groupEnd = [.. ends];
        Thresholds = [.. thresholds];
        _positive = new bool[labels.Length];
        for (var i = 0; i < _order.Length; i++) _positive[i] = labels[_order[i]] == 1;
    }

    /// <summary>The distinct scores, falling.</summary>
    public double[] Thresholds { get; }

    /// <summary>The weight of positives and negatives with a score of at least each threshold.</summary>
    public (double[] Positives, double[] Negatives) Cumulate(ReadOnlySpan<double> weights)
    {
        var positives = new double[Thresholds.Length];
        var negatives = new double[Thresholds.Length];
        double truePositives = 0, falsePositives = 0;
        var i = 0;
        for (var group = 0; group < _groupEnd.Length; group++)
        {
            for (; i < _groupEnd[group]; i++)
            {
                if (_positive[i]) truePositives += weights[_order[i]];
                else falsePositives += weights[_order[i]];
            }
            (positives[group], negatives[group]) = (truePositives, falsePositives);
        }
        return (positives, negatives);
    }

    /// <summary>
    /// The area under the ROC curve by trapezoids, which is the weighted Mann-Whitney statistic with ties counted half (Hanley and
    /// McNeil 1982); NaN where one class has no weight.
    /// </summary>
    public double RocAuc(ReadOnlySpan<double> weights)
    {
        var (positives, negatives) = Cumulate(weights);
        if (positives.Length == 0 || positives[^1] <= 0 || negatives[^1] <= 0) return double.NaN;
        double area = 0, lastPositive = 0, lastNegative = 0;
        for (var group = 0; group < positives.Length; group++)
        {
            area += (negatives[group] - lastNegative) * (positives[group] + lastPositive) / 2;
            (lastPositive, lastNegative) = (positives[group], negatives[group]);
        }
        return area / positives[^1] / negatives[^1];
    }

    /// <summary>The mean of precision over steps of recall, without interpolation; NaN without positives.</summary>
    public double AveragePrecision(ReadOnlySpan<double> weights)
    {
        var (positives, negatives) = Cumulate(weights);
        if (positives.Length == 0 || positives[^1] <= 0) return double.NaN;
        double sum = 0, last = 0;
        for (var group = 0; group < positives.Length; group++)
        {
            if (positives[group] > last) sum += (positives[group] - last) * positives[group] / (positives[group] + negatives[group]);
            last = positives[group];
        }
        return sum / positives[^1];
    }
}
