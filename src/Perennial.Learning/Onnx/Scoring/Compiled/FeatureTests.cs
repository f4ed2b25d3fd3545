using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>All tests of one feature, and the values that they tell apart.</summary>
internal sealed class FeatureTests(int feature)
{
    private readonly List<(int Tree, FoldedNode Node)> _nodes = [];
    private readonly HashSet<float> _others = [];
    private readonly bool[] _isCode = new bool[256];
    private SplitPoints? _places;
    private bool _ordered;
    private bool _levels;

    public int Feature => feature;

    public IReadOnlyList<(int Tree, FoldedNode Node)> Nodes => _nodes;

    /// <summary>The values that tests compare with, ascending and distinct.</summary>
    public float[] Points { get; private set; } = [];

    /// <summary>How many values are told apart; the last stands for a missing one.</summary>
    public int Values { get; private set; }

    /// <summary>Which of them stands for each place of <see cref="SplitPoints"/>.</summary>
    public int[] ValueOfPlace { get; private set; } = [];

    public void Add(int tree, in FoldedNode node)
    {
        _nodes.Add((tree, node));
        _levels |= node.Test is not (TreeTest.LessOrEqual or TreeTest.Greater);
        _ordered |= node.Test is not (TreeTest.Equal or TreeTest.NotEqual);
        foreach (var value in node.Values)
        {
            // Sets of levels name the same few codes again and again.
            if (value >= 0 && value < _isCode.Length && value == (int)value) _isCode[(int)value] = true;
            else _others.Add(value);
        }
    }

    /// <summary>To be called when all tests were added.</summary>
    public void Close()
    {
        for (var code = 0; code < _isCode.Length; code++)
            if (_isCode[code]) _others.Add(code);
        Points = [.. _others.Order()];
        ValueOfPlace = new int[2 * Points.Length + 1];
        for (var place = 0; place < ValueOfPlace.Length; place++) ValueOfPlace[place] = ValueOf(place, Points.Length);
        Values = ValueOfPlace.Max() + 2;
        _places = new SplitPoints(feature, Points, [.. Enumerable.Range(0, ValueOfPlace.Length)], -1);
    }

    /// <summary>Takes leaves that can no longer be reached from the masks of one tree, a mask a value.</summary>
    public void Drop(in FoldedNode node, Span<ulong> masks)
    {
        var (ifTrue, ifFalse) = (~Leaves(node.Middle, node.End), ~Leaves(node.First, node.Middle));
        masks[^1] &= node.Holds(null) ? ifTrue : ifFalse;
        if (node.Test == TreeTest.Equal) DropUnequal(node, masks[..^1], ifTrue, ifFalse);
        else DropOrdered(node, masks[..^1], ifTrue, ifFalse);
    }

    private void DropUnequal(in FoldedNode node, Span<ulong> masks, ulong ifTrue, ulong ifFalse)
    {
        Span<bool> holds = masks.Length <= 1024 ? stackalloc bool[masks.Length] : new bool[masks.Length];
        holds.Clear();
        foreach (var value in node.Values) holds[ValueOfPlace[_places!.Find(value)]] = true;
        for (var value = 0; value < masks.Length; value++) masks[value] &= holds[value] ? ifTrue : ifFalse;
    }

    // Values ascend with places, but for the one of all that is no level; for that inequality holds as for any other.
    private void DropOrdered(in FoldedNode node, Span<ulong> masks, ulong ifTrue, ulong ifFalse)
    {
        var at = ValueOfPlace[_places!.Find(node.Values[0])];
        var (below, above) = (node.Holds(-1) ? ifTrue : ifFalse, node.Holds(1) ? ifTrue : ifFalse);
        foreach (ref var mask in masks[..at]) mask &= below;
        masks[at] &= node.Holds(0) ? ifTrue : ifFalse;
        foreach (ref var mask in masks[(at + 1)..]) mask &= above;
    }

    private static ulong Leaves(int from, int to) => (ulong.MaxValue >> (64 - (to - from))) << from;

    // Where nothing but order counts, a point belongs with what lies below it; where nothing but equality does, all that lies between is
    // alike.
    private int ValueOf(int place, int count) =>
        !_levels ? place / 2
        : _ordered ? place
        : place % 2 == 1 ? place / 2 : count;
}
