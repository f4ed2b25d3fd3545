using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>All tests of one feature, and the values that they tell apart.</summary>
internal sealed class FeatureTests(int feature)
{
    private readonly List<(int Tree, FoldedNode Node)> _nodes = [];
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
    }

    /// <summary>To be called when all tests were added.</summary>
    public void Close()
    {
        var points = _nodes.SelectMany(n => n.Node.Values).ToArray();
        Array.Sort(points);
        var count = 0;
        foreach (var point in points)
            if (count == 0 || points[count - 1] != point) points[count++] = point;
        Points = points[..count];
        ValueOfPlace = new int[2 * count + 1];
        for (var place = 0; place < ValueOfPlace.Length; place++) ValueOfPlace[place] = ValueOf(place, count);
        Values = ValueOfPlace.Max() + 2;
    }

    /// <summary>Whether a node's test holds, value by value.</summary>
    public bool[] Holds(FoldedNode node)
    {
        var holds = new bool[Values];
        var at = Array.ConvertAll(node.Values, value => Array.BinarySearch(Points, value));
        if (node.Test == TreeTest.Equal)
            foreach (var point in at) holds[ValueOfPlace[2 * point + 1]] = true;
        else
            for (var place = 0; place < ValueOfPlace.Length; place++) holds[ValueOfPlace[place]] = node.Holds(place.CompareTo(2 * at[0] + 1));
        holds[^1] = node.Holds(null);
        return holds;
    }

    // Where nothing but order counts, a point belongs with what lies below it; where nothing but equality does, all that lies between is
    // alike.
    private int ValueOf(int place, int count) =>
        !_levels ? place / 2
        : _ordered ? place
        : place % 2 == 1 ? place / 2 : count;
}
