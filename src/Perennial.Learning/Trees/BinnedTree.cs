using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>A tree while it grows: tests on bins beside the tests on values that they stand for.</summary>
internal sealed class BinnedTree
{
    private readonly BinnedMatrix _matrix;
    private readonly byte[] _bins;
    private readonly LevelMask[] _levels;
    private readonly LevelSet?[] _sets;
    private int _nodes = 1;

    /// <summary>A tree of one leaf, with room for more.</summary>
    public BinnedTree(BinnedMatrix matrix, int output, int maxLeaves)
    {
        _matrix = matrix;
        var room = 2 * maxLeaves - 1;
        _bins = new byte[room];
        _levels = new LevelMask[room];
        _sets = new LevelSet?[room];
        Tree = new Tree
        {
            Output = output,
            Feature = new int[room],
            Threshold = new float[room],
            IsLevel = new bool[room],
            MissingLeft = new bool[room],
            Left = new int[room],
            Right = new int[room],
            Value = new float[room],
            Gain = new float[room],
            Cover = new float[room],
        };
        Tree.Feature[0] = -1;
    }

    private Tree Tree { get; }

    /// <summary>The number of leaves.</summary>
    public int Leaves => (_nodes + 1) / 2;

    /// <summary>Makes a leaf an inner node with two new leaves.</summary>
    /// <param name="node">The leaf.</param>
    /// <param name="split">The split.</param>
    /// <param name="histogram">The leaf's histogram of the feature that is split.</param>
    public (int Left, int Right) Grow(int node, Split split, ReadOnlySpan<long> histogram)
    {
        var binning = _matrix.Binning(split.Feature);
        _bins[node] = (byte)split.Bin;
        Tree.Feature[node] = split.Feature;
        Tree.IsLevel[node] = binning.IsLevels;
        if (binning.IsLevels) SetLevels(node, split.Levels, histogram);
        else Tree.Threshold[node] = binning.UpperEdge(split.Bin);
        Tree.MissingLeft[node] = split.MissingLeft;
        Tree.Gain[node] = (float)split.Gain;
        (Tree.Left[node], Tree.Right[node]) = (_nodes, _nodes + 1);
        Tree.Feature[_nodes] = Tree.Feature[_nodes + 1] = -1;
        _nodes += 2;
        return (_nodes - 2, _nodes - 1);
    }

    /// <summary>Sets a leaf's value.</summary>
    public void SetValue(int node, float value) => Tree.Value[node] = value;

    /// <summary>Says how many rows came through a node.</summary>
    public void SetCover(int node, int rows) => Tree.Cover[node] = rows;

    /// <summary>A leaf's value.</summary>
    public float ValueOf(int node) => Tree.Value[node];

    private void SetLevels(int node, LevelMask levels, ReadOnlySpan<long> histogram)
    {
        _levels[node] = levels;
        int[] codes = [.. levels.Codes];
        var rows = new float[codes.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = RowSums.CountOf(histogram[2 * codes[i] + 1]);
        Tree.Threshold[node] = codes[0];
        if (codes.Length > 1) _sets[node] = new LevelSet(codes, rows);
    }

    private bool GoesLeft(int node, byte bin)
    {
        if (Tree.IsLevel[node]) return _levels[node].Contains(bin);
        return bin == _matrix.Binning(Tree.Feature[node]).MissingBin ? Tree.MissingLeft[node] : bin <= _bins[node];
    }

    /// <summary>For each bin of the feature that an inner node tests, 1 if it goes left and 0 if not; 256 elements, so that any byte has one.</summary>
    public byte[] SidesOf(int node)
    {
        var sides = new byte[256];
        for (var bin = 0; bin < _matrix.Binning(Tree.Feature[node]).Width; bin++) sides[bin] = (byte)(GoesLeft(node, (byte)bin) ? 1 : 0);
        return sides;
    }

    /// <summary>Adds the leaf values of all rows of a matrix with the same bins to one of their margins.</summary>
    public void AddTo(BinnedMatrix matrix, double[] margins, int outputs, int output, int threads)
    {
        var sides = new byte[_nodes][];
        var columns = new byte[_nodes][];
        for (var node = 0; node < _nodes; node++)
            if (Tree.Feature[node] >= 0) (sides[node], columns[node]) = (SidesOf(node), matrix.Column(Tree.Feature[node]));
        FixedOrderSums.ForEachBlock(matrix.RowCount, threads, (_, begin, end) =>
        {
            for (var row = begin; row < end; row++)
            {
                var node = 0;
                while (columns[node] is { } column) node = sides[node][column[row]] != 0 ? Tree.Left[node] : Tree.Right[node];
                margins[row * outputs + output] += Tree.Value[node];
            }
        });
    }

    /// <summary>The tree in arrays of its true size.</summary>
    public Tree ToTree() => Tree with
    {
        Feature = Tree.Feature[.._nodes],
        Threshold = Tree.Threshold[.._nodes],
        IsLevel = Tree.IsLevel[.._nodes],
        Sets = _sets.Any(set => set is not null) ? _sets[.._nodes] : [],
        MissingLeft = Tree.MissingLeft[.._nodes],
        Left = Tree.Left[.._nodes],
        Right = Tree.Right[.._nodes],
        Value = Tree.Value[.._nodes],
        Gain = Tree.Gain[.._nodes],
        Cover = Tree.Cover[.._nodes],
    };
}
