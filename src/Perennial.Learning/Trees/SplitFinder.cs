namespace Perennial.Learning.Trees;

/// <summary>
/// Finds the best split of a leaf on one feature from its histogram (T. Chen and C. Guestrin 2016, "XGBoost", equation 7, with missing
/// values tried on both sides as in algorithm 3; the factor 1/2 and the price of a leaf are left out).
/// </summary>
internal readonly struct SplitFinder(RowSums units, BoostedTreesOptions options)
{
    // A gain below this share of the score is rounding.
    private const double LeastRelativeGain = 1e-12;

    private readonly double _gradientUnit = units.GradientUnit;
    private readonly double _hessianUnit = units.HessianUnit;
    private readonly double _l2 = options.L2;
    private readonly double _minWeight = options.MinChildWeight;
    private readonly int _minRows = options.MinChildRows;

    /// <summary>The value of a leaf before the learning rate: -G / (H + L2).</summary>
    public double LeafValue(NodeSums sums)
    {
        var denominator = sums.Hessian * _hessianUnit + _l2;
        return denominator > 0 ? -(sums.Gradient * _gradientUnit) / denominator : 0;
    }

    /// <summary>Whether a leaf has rows enough for two children.</summary>
    public bool CanSplit(NodeSums sums) => sums.Count >= 2 * _minRows && sums.Hessian * _hessianUnit >= 2 * _minWeight;

    /// <summary>The best split on one feature; ties go to the lowest bin, and to missing on the right.</summary>
    public Split Find(int feature, FeatureBinning binning, ReadOnlySpan<long> histogram, NodeSums total) =>
        binning.IsLevels ? FindLevel(feature, histogram, total) : FindThreshold(feature, binning, histogram, total);

    private Split FindThreshold(int feature, FeatureBinning binning, ReadOnlySpan<long> histogram, NodeSums total)
    {
        var best = default(Split);
        var parent = Score(total);
        var missing = At(histogram, binning.MissingBin);
        var left = default(NodeSums);

        // The last bin leaves nothing but missing values on the right.
        var last = missing.Count > 0 ? binning.ValueBins : binning.ValueBins - 1;
        for (var bin = 0; bin < last; bin++)
        {
            var here = At(histogram, bin);
            if (here.Count == 0) continue;
            left += here;

            // Where no missing value was seen, it will go with the greater part.
            var withMost = missing.Count == 0 && 2 * (long)left.Count > total.Count;
            Consider(ref best, feature, bin, withMost, left, total, parent);
            if (missing.Count > 0) Consider(ref best, feature, bin, true, left + missing, total, parent);
        }
        return best;
    }

    private Split FindLevel(int feature, ReadOnlySpan<long> histogram, NodeSums total)
    {
        var best = default(Split);
        var parent = Score(total);
        for (var code = 0; 2 * code < histogram.Length; code++)
            Consider(ref best, feature, code, false, At(histogram, code), total, parent);
        return best;
    }

    private void Consider(ref Split best, int feature, int bin, bool missingLeft, NodeSums left, NodeSums total, double parent)
    {
        var right = total - left;
        if (left.Count < _minRows || right.Count < _minRows) return;
        if (left.Hessian * _hessianUnit < _minWeight || right.Hessian * _hessianUnit < _minWeight) return;
        var score = Score(left) + Score(right);
        var gain = score - parent;
        if (gain > best.Gain && gain > LeastRelativeGain * score) best = new Split(gain, feature, bin, missingLeft, left);
    }

    private double Score(NodeSums sums)
    {
        var gradient = sums.Gradient * _gradientUnit;
        var denominator = sums.Hessian * _hessianUnit + _l2;
        return denominator > 0 ? gradient * gradient / denominator : 0;
    }

    private static NodeSums At(ReadOnlySpan<long> histogram, int bin) => new(histogram[2 * bin], histogram[2 * bin + 1]);
}
