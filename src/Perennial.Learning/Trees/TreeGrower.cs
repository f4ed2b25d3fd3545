using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Perennial.Learning.Models;

namespace Perennial.Learning.Trees;

/// <summary>
/// Grows one tree best-first: always the leaf whose split gains most (ties: the older leaf). The smaller child's histogram is summed
/// from its rows and the larger one's is the parent's less that (G. Ke et al. 2017, "LightGBM"). Threads claim shards of rows, and all
/// sums are integers, so the number of threads cannot be seen in the tree.
/// </summary>
internal sealed class TreeGrower
{
    // Below this number of histogram additions, handing work to another thread costs more than it saves. Debug builds share nearly all work out,
    // so that tests see it.
#if DEBUG
    private const long WorthThreads = 1 << 8;
#else
    private const long WorthThreads = 1 << 15;
#endif

    private readonly BinnedMatrix _matrix;
    private readonly BoostedTreesOptions _options;
    private readonly ThreadTeam _team;
    private readonly RowShards _shards;
    private readonly HistogramScratch[] _scratches;
    private readonly Stack<long[]> _pool = new();
    private readonly Split[] _smallerSplits;
    private readonly Split[] _largerSplits;
    private readonly bool[] _wantedGroups;
    private readonly List<Leaf> _leaves = [];

    /// <summary>Makes room for trees on a matrix, which a team grows.</summary>
    public TreeGrower(BinnedMatrix matrix, BoostedTreesOptions options, HistogramKernel kernel, ThreadTeam team)
    {
        (_matrix, _options, _team) = (matrix, options, team);
        _shards = new RowShards(matrix.RowCount);
        _scratches = [.. Enumerable.Range(0, team.Threads).Select(_ => new HistogramScratch(matrix, kernel))];
        _smallerSplits = new Split[matrix.FeatureCount];
        _largerSplits = new Split[matrix.FeatureCount];
        _wantedGroups = new bool[matrix.GroupCount];
    }

    /// <summary>Grows a tree.</summary>
    /// <param name="rows">The gradients of all rows of the matrix.</param>
    /// <param name="sample">Whether a row is to be grown on; null when all are.</param>
    /// <param name="features">The features that may be used, ascending.</param>
    /// <param name="output">The margin that the tree adds to.</param>
    public BinnedTree Grow(RowSums rows, bool[]? sample, int[] features, int output)
    {
        Array.Clear(_wantedGroups);
        foreach (var feature in features) _wantedGroups[feature / HistogramKernel.Group] = true;
        foreach (var scratch in _scratches) scratch.Begin(rows);
        var finder = new SplitFinder(rows, _options);
        var tree = new BinnedTree(_matrix, output, _options.Leaves);
        _leaves.Clear();
        _leaves.Add(Root(rows, sample, features, finder));
        tree.SetCover(0, _leaves[0].Sums.Count);
        while (tree.Leaves < _options.Leaves && NextToSplit() is { } leaf)
        {
            var (left, right) = Divide(tree, leaf, rows, features, finder);
            Release(leaf);
            _leaves[_leaves.IndexOf(leaf)] = left;
            _leaves.Add(right);
        }
        foreach (var leaf in _leaves)
        {
            tree.SetValue(leaf.Node, (float)(finder.LeafValue(leaf.Sums, leaf.Bounds) * _options.LearningRate));
            Release(leaf);
        }
        return tree;
    }

    /// <summary>Adds the last tree's leaf values to the margins of the rows that it was grown on.</summary>
    public void AddToSampled(BinnedTree tree, double[] margins, int outputs, int output) =>
        ForEachShard(_matrix.RowCount, (_, shard) =>
        {
            foreach (var leaf in _leaves)
            {
                double value = tree.ValueOf(leaf.Node);
                var rows = RowsOf(leaf, shard);

                // There is a margin for every row of the matrix, so the loop has no checks.
                ref var first = ref MemoryMarshal.GetArrayDataReference(margins);
                if (outputs == 1)
                    foreach (var row in rows) Unsafe.Add(ref first, (nint)row) += value;
                else
                    foreach (var row in rows) margins[row * outputs + output] += value;
            }
        });

    /// <summary>Gives each leaf of the last tree a quantile of its rows' residuals. For one output.</summary>
    public void SetToQuantiles(BinnedTree tree, double share, double[] margins, TrainingTargets targets) =>
        _team.ForEach(_leaves.Count, (_, number) =>
        {
            var leaf = _leaves[number];
            var residuals = new List<(double, double)>();
            for (var shard = 0; shard < _shards.Count; shard++)
                foreach (var row in RowsOf(leaf, shard)) residuals.Add((targets.Values[row] - margins[row], targets.Weights[row]));
            tree.SetValue(leaf.Node, (float)(leaf.Bounds.Clip(WeightedQuantile.Of([.. residuals], share)) * _options.LearningRate));
        });

    private Leaf Root(RowSums rows, bool[]? sample, int[] features, SplitFinder finder)
    {
        var root = new Leaf(0, _shards.Count);
        ForEachShard((long)_matrix.RowCount * features.Length, (scratch, shard) =>
        {
            root.Counts[shard] = _shards.Fill(shard, sample);
            scratch.Add(rows, RowsOf(root, shard), _wantedGroups);
        });
        root.Histogram = Room();
        ForEachFeature(features, f => Collect(root.Histogram, f, rows));
        foreach (var scratch in _scratches) scratch.Reset();
        root.Sums = SumOf(Slice(root.Histogram, features[0]));
        if (!finder.CanSplit(root.Sums)) return root;
        ForEachFeature(features, f => _smallerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(root.Histogram, f), root.Sums, root.Bounds));
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

    private (Leaf Left, Leaf Right) Divide(BinnedTree tree, Leaf parent, RowSums rows, int[] features, SplitFinder finder)
    {
        var split = parent.Best;
        var (leftNode, rightNode) = tree.Grow(parent.Node, split, Slice(parent.Histogram!, split.Feature));
        var (leftBounds, rightBounds) = finder.Divide(parent.Bounds, split.Feature, split.Left, parent.Sums - split.Left);
        var left = new Leaf(leftNode, _shards.Count) { Sums = split.Left, Bounds = leftBounds };
        var right = new Leaf(rightNode, _shards.Count) { Sums = parent.Sums - split.Left, Bounds = rightBounds };
        tree.SetCover(leftNode, left.Sums.Count);
        tree.SetCover(rightNode, right.Sums.Count);
        var (smaller, larger) = left.Sums.Count <= right.Sums.Count ? (left, right) : (right, left);
        var isLast = tree.Leaves == _options.Leaves;
        var (findSmaller, findLarger) = (!isLast && finder.CanSplit(smaller.Sums), !isLast && finder.CanSplit(larger.Sums));
        var goesLeft = tree.SidesOf(parent.Node);
        var bins = _matrix.Column(split.Feature);
        ForEachShard(parent.RowCount * 4L + (findSmaller || findLarger ? smaller.Sums.Count * (long)features.Length : 0), (scratch, shard) =>
        {
            Partition(parent, left, right, shard, bins, goesLeft, scratch);
            if (findSmaller || findLarger) scratch.Add(rows, RowsOf(smaller, shard), _wantedGroups);
        });
        if (findSmaller || findLarger) FindSplits(parent, smaller, findSmaller, larger, findLarger, rows, features, finder);
        return (left, right);
    }

    // Without a branch on the side, which cannot be foreseen: each row is written to both places, and one of them is overwritten.
    private void Partition(Leaf parent, Leaf left, Leaf right, int shard, byte[] bins, byte[] goesLeft, HistogramScratch scratch)
    {
        var rows = RowsOf(parent, shard);
        var others = scratch.Spare(rows.Length);

        var lefts = Part(rows, others, bins, goesLeft);
        var rights = rows.Length - lefts;
        others[..rights].CopyTo(rows[lefts..]);
        (left.Begins[shard], left.Counts[shard]) = (parent.Begins[shard], lefts);
        (right.Begins[shard], right.Counts[shard]) = (parent.Begins[shard] + lefts, rights);
    }

    // Rows that go left come first in their place, the others in theirs; returns how many go left. A method of its own, so that all it needs
    // stays in registers.
    private static int Part(Span<int> rows, Span<int> others, byte[] bins, byte[] goesLeft)
    {
        // Rows index the column, and there is a side for any byte, so the loop has no checks.
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var other = ref MemoryMarshal.GetReference(others);
        ref var bin = ref MemoryMarshal.GetArrayDataReference(bins);
        ref var side = ref MemoryMarshal.GetArrayDataReference(goesLeft);
        nint lefts = 0;
        for (nint i = 0; i < rows.Length; i++)
        {
            var index = Unsafe.Add(ref row, i);
            nint goes = Unsafe.Add(ref side, (nint)Unsafe.Add(ref bin, (nint)index));
            Unsafe.Add(ref row, lefts) = index;
            Unsafe.Add(ref other, i - lefts) = index;
            lefts += goes;
        }
        return (int)lefts;
    }

    private void FindSplits(Leaf parent, Leaf smaller, bool findSmaller, Leaf larger, bool findLarger, RowSums rows, int[] features, SplitFinder finder)
    {
        (larger.Histogram, parent.Histogram) = (parent.Histogram, null);
        smaller.Histogram = Room();
        ForEachFeature(features, f =>
        {
            Collect(smaller.Histogram, f, rows);
            Subtract(Slice(larger.Histogram!, f), Slice(smaller.Histogram, f));
            if (findSmaller) _smallerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(smaller.Histogram, f), smaller.Sums, smaller.Bounds);
            if (findLarger) _largerSplits[f] = finder.Find(f, _matrix.Binning(f), Slice(larger.Histogram!, f), larger.Sums, larger.Bounds);
        });
        foreach (var scratch in _scratches) scratch.Reset();
        if (findSmaller) smaller.Best = BestOf(_smallerSplits, features);
        if (findLarger) larger.Best = BestOf(_largerSplits, features);
    }

    private long[] Room() => _pool.TryPop(out var old) ? old : new long[2 * _matrix.TotalBins];

    // Adds up what each thread summed of a feature.
    private void Collect(long[] histogram, int feature, RowSums rows)
    {
        var sums = Slice(histogram, feature);
        sums.Clear();
        foreach (var scratch in _scratches) scratch.MoveTo(sums, feature, rows);
    }

    private void ForEachShard(long additions, Action<HistogramScratch, int> work)
    {
        if (additions < WorthThreads)
            for (var shard = 0; shard < _shards.Count; shard++) work(_scratches[0], shard);
        else
            _team.ForEach(_shards.Count, (thread, shard) => work(_scratches[thread], shard));
    }

    private void ForEachFeature(int[] features, Action<int> work)
    {
        // A bin costs about as much as eight additions.
        if (8L * _matrix.TotalBins < WorthThreads)
            foreach (var feature in features) work(feature);
        else
            _team.ForEach(features.Length, (_, number) => work(features[number]));
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

    private static NodeSums SumOf(ReadOnlySpan<long> histogram)
    {
        var sums = default(NodeSums);
        for (var i = 0; i < histogram.Length; i += 2) sums += new NodeSums(histogram[i], histogram[i + 1]);
        return sums;
    }

    private Span<int> RowsOf(Leaf leaf, int shard) => _shards.Rows(shard, leaf.Begins[shard], leaf.Counts[shard]);

    private Span<long> Slice(long[] histogram, int feature) =>
        histogram.AsSpan(2 * _matrix.Offset(feature), 2 * _matrix.Binning(feature).Width);

    private void Release(Leaf leaf)
    {
        if (leaf.Histogram is not null) _pool.Push(leaf.Histogram);
        leaf.Histogram = null;
    }

    private sealed class Leaf(int node, int shards)
    {
        public int Node => node;

        public int[] Begins { get; } = new int[shards];

        public int[] Counts { get; } = new int[shards];

        public long RowCount => Counts.Sum(count => (long)count);

        public NodeSums Sums { get; set; }

        public LeafBounds Bounds { get; init; } = LeafBounds.None;

        public long[]? Histogram { get; set; }

        public Split Best { get; set; }
    }
}
