using System.Runtime.InteropServices;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Which leaves of each tree can still be reached when the value of one feature is known, for every feature and every value that its tests
/// tell apart: a bit a leaf, a row of masks a value. What is left when a row's features are met is one leaf a tree (the idea of QuickScorer:
/// C. Lucchese et al. 2015, "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees", SIGIR; here
/// with the false nodes of a feature met beforehand, and with the true ones too).
/// </summary>
internal sealed class LeafMasks
{
    /// <summary>More masks than this no longer stay in a cache; walking the trees is then as good.</summary>
    public const int MostBytes = 8 << 20;

    /// <summary>With more features than this, meeting them takes longer than walking the trees.</summary>
    public const int MostFeatures = 128;

    private readonly int _rowWords;
    private readonly int _wordsPerMask;
    private readonly int _base;

    private LeafMasks(IReadOnlyList<FoldedTree> trees, List<FeatureTests> features)
    {
        _wordsPerMask = trees.All(tree => tree.Leaves.Count <= 32) ? 1 : 2;
        _rowWords = (trees.Count * _wordsPerMask + MaskKernel.Words - 1) / MaskKernel.Words * MaskKernel.Words;
        var rows = Math.Max(1, features.Sum(feature => (long)feature.Values));
        Fits = rows * _rowWords * sizeof(uint) <= MostBytes && features.Count <= MostFeatures;
        if (!Fits) return;

        // Not moved, so that rows of masks lie on multiples of their vectors.
        Table = GC.AllocateArray<uint>((int)rows * _rowWords + MaskKernel.Words, pinned: true);
        _base = Padding(Table);
        Reset(trees, (int)rows);
        var first = _base;
        Features = new SplitPoints[Math.Max(1, features.Count)];
        Features[0] = new SplitPoints(0, [], [first], first);
        for (var f = 0; f < features.Count; f++)
        {
            Features[f] = Write(features[f], trees, first);
            first += features[f].Values * _rowWords;
        }
    }

    /// <summary>All masks.</summary>
    public uint[] Table { get; } = [];

    /// <summary>The features that are looked at, with where in the table the masks of their values begin.</summary>
    public SplitPoints[] Features { get; } = [];

    /// <summary>How many words the masks of one value are.</summary>
    public int Stride => _rowWords;

    /// <summary>How many leaves a mask has room for: 32 or 64.</summary>
    public int Capacity => 32 * _wordsPerMask;

    private bool Fits { get; }

    /// <summary>The masks, or null where they would be too many.</summary>
    public static LeafMasks? Of(IReadOnlyList<FoldedTree> trees)
    {
        var tests = new SortedDictionary<int, FeatureTests>();
        for (var t = 0; t < trees.Count; t++)
        {
            foreach (var node in trees[t].Nodes)
            {
                if (!tests.TryGetValue(node.Feature, out var feature)) tests.Add(node.Feature, feature = new FeatureTests(node.Feature));
                feature.Add(t, node);
            }
        }
        foreach (var feature in tests.Values) feature.Close();
        var masks = new LeafMasks(trees, [.. tests.Values]);
        return masks.Fits ? masks : null;
    }

    // A pinned array begins on a multiple of 8 bytes; rows shall begin on one of 32.
    private static int Padding(uint[] table)
    {
        const int Bytes = MaskKernel.Words * sizeof(uint);
        var address = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(table, 0);
        return (int)((Bytes - address % Bytes) % Bytes / sizeof(uint));
    }

    private void Reset(IReadOnlyList<FoldedTree> trees, int rows)
    {
        for (var t = 0; t < trees.Count; t++) Write(_base, t, AllLeaves(trees[t]));
        var first = Table.AsSpan(_base, _rowWords);
        for (var row = 1; row < rows; row++) first.CopyTo(Table.AsSpan(_base + row * _rowWords, _rowWords));
    }

    // The masks of one tree side by side, then to their rows.
    private SplitPoints Write(FeatureTests feature, IReadOnlyList<FoldedTree> trees, int first)
    {
        var masks = new ulong[feature.Values];
        for (var n = 0; n < feature.Nodes.Count; n++)
        {
            var (tree, node) = feature.Nodes[n];
            if (n == 0 || feature.Nodes[n - 1].Tree != tree) Array.Fill(masks, AllLeaves(trees[tree]));
            feature.Drop(node, masks);
            if (n + 1 < feature.Nodes.Count && feature.Nodes[n + 1].Tree == tree) continue;
            for (var value = 0; value < masks.Length; value++) Write(first + value * _rowWords, tree, masks[value]);
        }
        var ofPlace = Array.ConvertAll(feature.ValueOfPlace, value => first + value * _rowWords);
        return new SplitPoints(feature.Feature, feature.Points, ofPlace, first + (feature.Values - 1) * _rowWords);
    }

    private static ulong AllLeaves(FoldedTree tree) => ulong.MaxValue >> (64 - tree.Leaves.Count);

    private void Write(int row, int tree, ulong mask)
    {
        if (_wordsPerMask == 1) Table[row + tree] = (uint)mask;
        else MemoryMarshal.Cast<uint, ulong>(Table.AsSpan(row, _rowWords))[tree] = mask;
    }
}
