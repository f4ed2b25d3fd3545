namespace Perennial.Learning.Trees;

/// <summary>
/// Finds the best split of a leaf on one feature from its histogram (T. Chen and C. Guestrin 2016, "XGBoost", equation 7, with missing
/// values tried on both sides as in algorithm 3; the factor 1/2 and the price of a leaf are left out). Levels are sorted by their sum of
/// gradients over their sum of hessians and split as if that were their order (W. Fisher 1958, "On grouping for maximum homogeneity").
/// </summary>
/// <param name="units">Their gradients' and hessians' units.</param>
/// <param name="options">How trees are grown.</param>
/// <param name="isScalar">Whether to go bin by bin even where vectors would be faster; the splits are the same.</param>
internal readonly struct SplitFinder(RowSums units, BoostedTreesOptions options, bool isScalar = false)
{
    /// <summary>A gain below this share of the score is rounding.</summary>
    public const double LeastRelativeGain = 1e-12;

    private readonly double _gradientUnit = units.GradientUnit;
    private readonly double _hessianUnit = units.HessianUnit;
    private readonly double _l1 = options.L1;
    private readonly double _l2 = options.L2;
    private readonly double _minWeight = options.MinChildWeight;
    private readonly int _minRows = options.MinChildRows;
    private readonly double _levelSmoothing = options.LevelSmoothing;
    private readonly int _minLevelRows = options.MinLevelRows;
    private readonly bool _levelSets = options.LevelSets;
    private readonly int[] _monotone = [.. options.Monotone];
    private readonly bool _usesVectors = !isScalar && options.Monotone.Count == 0 && ThresholdVectors.IsSupported;
    private readonly ThresholdVectors _vectors = new(units.GradientUnit, units.HessianUnit, options);

    /// <summary>The value of a leaf before the learning rate: -T(G) / (H + L2), T moving G towards 0 by L1, within bounds.</summary>
    public double LeafValue(NodeSums sums, LeafBounds bounds) => bounds.Clip(LeafValue(sums));

    /// <summary>Whether a leaf has rows enough for two children.</summary>
    public bool CanSplit(NodeSums sums) => sums.Count >= 2 * _minRows && sums.Hessian * _hessianUnit >= 2 * _minWeight;

    /// <summary>The best split on one feature; ties go to the lowest bin, and to missing on the right.</summary>
    public Split Find(int feature, FeatureBinning binning, ReadOnlySpan<long> histogram, NodeSums total, LeafBounds bounds)
    {
        var parent = _monotone.Length == 0 ? Score(total) : ScoreAt(total, LeafValue(total, bounds));
        var search = new Search(feature, _monotone.Length == 0 ? 0 : _monotone[feature], total, parent, bounds);
        if (!binning.IsLevels) return _usesVectors ? FindThresholdByVectors(search, binning, histogram) : FindThreshold(search, binning, histogram);
        return _levelSets ? FindLevels(search, histogram) : FindLevel(search, histogram);
    }

    /// <summary>The bounds of the two children of a leaf with these bounds.</summary>
    public (LeafBounds Left, LeafBounds Right) Divide(LeafBounds bounds, int feature, NodeSums left, NodeSums right)
    {
        var direction = _monotone.Length == 0 ? 0 : _monotone[feature];
        if (direction == 0) return (bounds, bounds);
        var middle = (LeafValue(left, bounds) + LeafValue(right, bounds)) / 2;
        return direction > 0
            ? (bounds with { High = middle }, bounds with { Low = middle })
            : (bounds with { Low = middle }, bounds with { High = middle });
    }

    private Split FindThreshold(in Search search, FeatureBinning binning, ReadOnlySpan<long> histogram)
    {
        var best = default(Split);
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
            var withMost = missing.Count == 0 && 2 * (long)left.Count > search.Total.Count;
            var gain = Gain(search, left);
            if (gain > best.Gain) best = new Split(gain, search.Feature, bin, withMost, default, left);
            if (missing.Count == 0) continue;
            gain = Gain(search, left + missing);
            if (gain > best.Gain) best = new Split(gain, search.Feature, bin, true, default, left + missing);
        }
        return best;
    }

    private Split FindThresholdByVectors(in Search search, FeatureBinning binning, ReadOnlySpan<long> histogram)
    {
        var missing = At(histogram, binning.MissingBin);
        var bins = missing.Count > 0 ? binning.ValueBins : binning.ValueBins - 1;
        var (gain, key) = _vectors.Find(histogram, bins, missing, search.Total, search.Parent);
        if (gain == 0) return default;
        var left = default(NodeSums);
        for (var bin = 0; bin <= key / 2; bin++) left += At(histogram, bin);
        var withMissing = missing.Count > 0 ? key % 2 == 1 : 2 * (long)left.Count > search.Total.Count;
        return new Split(gain, search.Feature, key / 2, withMissing, default, withMissing ? left + missing : left);
    }

    private Split FindLevel(in Search search, ReadOnlySpan<long> histogram)
    {
        var best = default(Split);
        for (var code = 0; 2 * code < histogram.Length; code++)
        {
            var left = At(histogram, code);
            var gain = Gain(search, left);
            if (gain > best.Gain) best = new Split(gain, search.Feature, 0, false, LevelMask.Of([code]), left);
        }
        return best;
    }

    // Levels too rare to judge stay together on the right, so both ends of the order are tried; without any, one end is enough.
    private Split FindLevels(in Search search, ReadOnlySpan<long> histogram)
    {
        Span<(double Slope, int Code)> order = stackalloc (double, int)[HistogramKernel.Slots];
        var (count, common) = (0, default(NodeSums));
        for (var code = 0; 2 * code < histogram.Length; code++)
        {
            var here = At(histogram, code);
            if (here.Count == 0 || here.Count < _minLevelRows) continue;
            order[count++] = (here.Gradient * _gradientUnit / (here.Hessian * _hessianUnit + _levelSmoothing), code);
            common += here;
        }
        if (count == 0) return default;
        order = order[..count];
        order.Sort();
        var anyRare = common.Count < search.Total.Count;
        var (best, bestLength, fromTop) = (default(Split), 0, false);
        foreach (var top in (ReadOnlySpan<bool>)[false, true])
        {
            if (top && !anyRare) break;
            var left = default(NodeSums);
            for (var length = 1; length <= Math.Max(1, count - 1); length++)
            {
                left += At(histogram, order[top ? count - length : length - 1].Code);
                var gain = Gain(search, left);
                if (gain > best.Gain) (best, bestLength, fromTop) = (new Split(gain, search.Feature, 0, false, default, left), length, top);
            }
        }
        return best.Gain > 0 ? WithLevels(best, search, fromTop ? order[^bestLength..] : order[..bestLength], histogram, anyRare ? int.MaxValue : count) : best;
    }

    // The side with fewer levels goes left, so that a chain of equalities is short; with rare levels, which are on the right, it stays.
    private static Split WithLevels(Split split, in Search search, ReadOnlySpan<(double, int Code)> chosen, ReadOnlySpan<long> histogram, int present)
    {
        Span<int> codes = stackalloc int[HistogramKernel.Slots];
        for (var i = 0; i < chosen.Length; i++) codes[i] = chosen[i].Code;
        var levels = LevelMask.Of(codes[..chosen.Length]);
        if (chosen.Length <= present / 2) return split with { Levels = levels };
        var others = 0;
        for (var code = 0; 2 * code < histogram.Length; code++)
            if (At(histogram, code).Count > 0 && !levels.Contains(code)) codes[others++] = code;
        return split with { Levels = LevelMask.Of(codes[..others]), Left = search.Total - split.Left };
    }

    // 0 where the split is not allowed or gains nothing but rounding.
    private double Gain(in Search search, NodeSums left)
    {
        var right = search.Total - left;
        if (left.Count < _minRows || right.Count < _minRows) return 0;
        if (left.Hessian * _hessianUnit < _minWeight || right.Hessian * _hessianUnit < _minWeight) return 0;
        double score;
        if (_monotone.Length == 0) score = Score(left) + Score(right);
        else
        {
            var (low, high) = (LeafValue(left, search.Bounds), LeafValue(right, search.Bounds));
            if (search.Direction * (high - low) < 0) return 0;
            score = ScoreAt(left, low) + ScoreAt(right, high);
        }
        var gain = score - search.Parent;
        return gain > LeastRelativeGain * score ? gain : 0;
    }

    private double LeafValue(NodeSums sums)
    {
        var denominator = sums.Hessian * _hessianUnit + _l2;
        return denominator > 0 ? -Towards0(sums.Gradient * _gradientUnit) / denominator : 0;
    }

    private double Score(NodeSums sums)
    {
        var gradient = Towards0(sums.Gradient * _gradientUnit);
        var denominator = sums.Hessian * _hessianUnit + _l2;
        return denominator > 0 ? gradient * gradient / denominator : 0;
    }

    // What a leaf of this value gains: the score is the greatest of these.
    private double ScoreAt(NodeSums sums, double value) =>
        -(2 * (sums.Gradient * _gradientUnit * value + _l1 * Math.Abs(value)) + (sums.Hessian * _hessianUnit + _l2) * value * value);

    private double Towards0(double gradient) =>
        _l1 == 0 ? gradient : gradient > _l1 ? gradient - _l1 : gradient < -_l1 ? gradient + _l1 : 0;

    private static NodeSums At(ReadOnlySpan<long> histogram, int bin) => new(histogram[2 * bin], histogram[2 * bin + 1]);

    private readonly record struct Search(int Feature, int Direction, NodeSums Total, double Parent, LeafBounds Bounds);
}
