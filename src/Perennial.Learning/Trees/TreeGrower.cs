namespace Perennial.Learning.Trees;

/// <summary>
/// Grows one tree best-first: always the leaf whose split gains most (ties: the older leaf). The smaller child's histogram is summed
/// from its rows and the larger one's is the parent's less that (G. Ke et al. 2017, "LightGBM"). Work is shared out by feature and all
/// sums are integers, so the number of threads cannot be seen in the tree.
/// </summary>
internal sealed class TreeGrower
{
    // Below this number of histogram additions, waking another thread costs more than it saves. Debug builds share nearly all work out,
    // so that tests see it.
#if DEBUG
    private const long WorthThreads = 1 << 8;
#else
    private const long WorthThreads = 1 << 17;
#endif

    private readonly BinnedMatrix _matrix;
    private readonly BoostedTreesOptions _options;
    private readonly HistogramKernel _kernel;
    private readonly ParallelOptions _parallel;
    private readonly Stack<long[]> _pool = new();
    private readonly int[] _rows;
    private readonly int[] _rightRows;
    private readonly long[] _pairs;
    private readonly Split[] _smallerSplits;
    private readonly Split[] _largerSplits;
    private readonly List<Leaf> _leaves = [];

    /// <summary>Makes room for trees on a matrix; <paramref name="options"/> have their number of threads resolved.</summary>
    public TreeGrower(BinnedMatrix matrix, BoostedTreesOptions options, HistogramKernel kernel)
    {
        (_matrix, _options, _kernel) = (matrix, options, kernel);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads };
        _rows = new int[matrix.RowCount];
        _rightRows = new int[matrix.RowCount];
        _pairs = new long[2 * (long)matrix.RowCount];
        _smallerSplits = new Split[matrix.FeatureCount];
        _largerSplits = new Split[matrix.FeatureCount];
    }

    /// <summary>Grows a tree.</summary>
    /// <param name="gradients">The gradients of all rows of the matrix.</param>
    /// <param name="sample">The rows to grow on, ascending.</param>
    /// <param name="features">The features that may be used, ascending.</param>
    /// <param name="output">The margin that the tree adds to.</param>
    public BinnedTree Grow(FixedPointGradients gradients, ReadOnlySpan<int> sample, int[] features, int output)
    {
        sample.CopyTo(_rows);
        var finder = new SplitFinder(gradients, _options);
        var tree = new BinnedTree(_matrix, output, _options.Leaves);
        tree.SetCover(0, sample.Length);
        _leaves.Clear();
        _leaves.Add(Root(gradients, sample.Length, features, finder));
        while (tree.Leaves < _options.Leaves && NextToSplit() is { } leaf)
        {
            var (left, right) = Divide(tree, leaf);
            if (tree.Leaves < _options.Leaves) FindSplits(leaf, left, right, gradients, features, finder);
            Release(leaf);
            _leaves[_leaves.IndexOf(leaf)] = left;
            _leaves.Add(right);
        }
        foreach (var leaf in _leaves)
        {
            tree.SetValue(leaf.Node, (float)(finder.LeafValue(leaf.Sums) * _options.LearningRate));
            Release(leaf);
        }
        return tree;
    }

    /// <summary>Adds the last tree's leaf values to the margins of the rows that it was grown on.</summary>
    public void AddToSampled(BinnedTree tree, Span<double> margins, int outputs, int output)
    {
        foreach (var leaf in _leaves)
        {
            var value = tree.ValueOf(leaf.Node);
            foreach (var row in _rows.AsSpan(leaf.Begin, leaf.Count)) margins[row * outputs + output] += value;
        }
    }

    private Leaf Root(FixedPointGradients gradients, int count, int[] features, SplitFinder finder)
    {
        var sums = default(NodeSums);
        foreach (var row in _rows.AsSpan(0, count)) sums += new NodeSums(gradients.Pairs[2 * row], gradients.Pairs[2 * row + 1]);
        var root = new Leaf(0, 0, count, sums);
        if (!finder.CanSplit(sums)) return root;
        root.Histogram = Rent();
        Gather(gradients, root);
        ForEachFeature(features, count, f =>
        {
            AddRows(root, f);
            _smallerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(root.Histogram, f), sums);
        });
        root.Best = BestOf(_smallerSplits, features);
        return root;
    }

    private Leaf? NextToSplit()
    {
        Leaf? best = null;
        foreach (var leaf in _leaves)
            if (leaf.Best.Gain > (best?.Best.Gain ?? 0)) best = leaf;
        return best;
    }

    private (Leaf Left, Leaf Right) Divide(BinnedTree tree, Leaf leaf)
    {
        var split = leaf.Best;
        var (leftNode, rightNode) = tree.Grow(leaf.Node, split);
        Span<bool> goesLeft = stackalloc bool[256];
        for (var bin = 0; bin < _matrix.Binning(split.Feature).Width; bin++) goesLeft[bin] = tree.GoesLeft(leaf.Node, (byte)bin);
        var bins = _matrix.Column(split.Feature);
        var rows = _rows.AsSpan(leaf.Begin, leaf.Count);
        var (left, right) = (0, 0);
        foreach (var row in rows)
        {
            if (goesLeft[bins[row]]) rows[left++] = row;
            else _rightRows[right++] = row;
        }
        _rightRows.AsSpan(0, right).CopyTo(rows[left..]);
        tree.SetCover(leftNode, left);
        tree.SetCover(rightNode, right);
        return (new Leaf(leftNode, leaf.Begin, left, split.Left),
            new Leaf(rightNode, leaf.Begin + left, right, leaf.Sums - split.Left));
    }

    private void FindSplits(Leaf parent, Leaf left, Leaf right, FixedPointGradients gradients, int[] features, SplitFinder finder)
    {
        var (smaller, larger) = left.Count <= right.Count ? (left, right) : (right, left);
        var (findSmaller, findLarger) = (finder.CanSplit(smaller.Sums), finder.CanSplit(larger.Sums));
        if (!findSmaller && !findLarger) return;
        (larger.Histogram, parent.Histogram) = (parent.Histogram, null);
        smaller.Histogram = Rent();
        Gather(gradients, smaller);
        ForEachFeature(features, smaller.Count, f =>
        {
            AddRows(smaller, f);
            Subtract(Slice(larger.Histogram!, f), Slice(smaller.Histogram, f));
            if (findSmaller) _smallerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(smaller.Histogram, f), smaller.Sums);
            if (findLarger) _largerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(larger.Histogram!, f), larger.Sums);
        });
        if (findSmaller) smaller.Best = BestOf(_smallerSplits, features);
        if (findLarger) larger.Best = BestOf(_largerSplits, features);
    }

    // The leaf's pairs side by side, in row order: every feature reads them in sequence.
    private void Gather(FixedPointGradients gradients, Leaf leaf)
    {
        var pairs = gradients.Pairs;
        var next = 0;
        foreach (var row in _rows.AsSpan(leaf.Begin, leaf.Count))
        {
            _pairs[next++] = pairs[2 * row];
            _pairs[next++] = pairs[2 * row + 1];
        }
    }

    private void AddRows(Leaf leaf, int feature)
    {
        var histogram = Slice(leaf.Histogram!, feature);
        histogram.Clear();
        _kernel.Add(_matrix.Column(feature), _rows.AsSpan(leaf.Begin, leaf.Count), _pairs.AsSpan(0, 2 * leaf.Count), histogram);
    }

    private void ForEachFeature(int[] features, int rows, Action<int> work)
    {
        if (_options.Threads == 1 || (long)rows * features.Length < WorthThreads)
            foreach (var feature in features) work(feature);
        else
            Parallel.For(0, features.Length, _parallel, i => work(features[i]));
    }

    private static Split BestOf(Split[] splits, int[] features)
    {
        var best = default(Split);
        foreach (var feature in features)
            if (splits[feature].Gain > best.Gain) best = splits[feature];
        return best;
    }

    private static void Subtract(Span<long> from, ReadOnlySpan<long> what)
    {
        for (var i = 0; i < from.Length; i++) from[i] -= what[i];
    }

    private Span<long> Slice(long[] histogram, int feature) =>
        histogram.AsSpan(2 * _matrix.Offset(feature), 2 * _matrix.Binning(feature).Width);

    private long[] Rent() => _pool.TryPop(out var histogram) ? histogram : new long[2 * _matrix.TotalBins];

    private void Release(Leaf leaf)
    {
        if (leaf.Histogram is not null) _pool.Push(leaf.Histogram);
        leaf.Histogram = null;
    }

    private sealed class Leaf(int node, int begin, int count, NodeSums sums)
    {
        public int Node => node;

        public int Begin => begin;

        public int Count => count;

        public NodeSums Sums => sums;

        public long[]? Histogram { get; set; }

        public Split Best { get; set; }
    }
}
