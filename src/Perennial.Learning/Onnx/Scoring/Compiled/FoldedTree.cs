using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>An inner node. Leaves are numbered from the true side to the false side, so those of a side are a range.</summary>
/// <param name="Feature">The feature it looks at.</param>
/// <param name="Test">What it asks.</param>
/// <param name="Values">What it compares with: one value, or several where the test is equality and any of them will do.</param>
/// <param name="MissingTrue">Whether a missing value goes to the true side whatever the test says.</param>
/// <param name="First">The first leaf of the true side.</param>
/// <param name="Middle">The first leaf of the false side.</param>
/// <param name="End">The end of its leaves.</param>
internal readonly record struct FoldedNode(int Feature, TreeTest Test, float[] Values, bool MissingTrue, int First, int Middle, int End)
{
    /// <summary>Whether a row goes to the true side.</summary>
    /// <param name="comparison">How the row's value stands to a value of the node: negative, 0 or positive; null where it is missing.</param>
    public bool Holds(int? comparison) => (comparison is null && MissingTrue) || Test switch
    {
        TreeTest.LessOrEqual => comparison <= 0,
        TreeTest.Less => comparison < 0,
        TreeTest.GreaterOrEqual => comparison >= 0,
        TreeTest.Greater => comparison > 0,
        TreeTest.Equal => comparison == 0,
        _ => comparison is not 0,
    };
}

/// <summary>
/// One tree of a table, with chains of equalities to one child folded back into the one test of a set that they stand for. Only small
/// trees have this form: at most <see cref="MostLeaves"/> leaves, one weight a leaf, all of them for one target.
/// </summary>
internal sealed class FoldedTree
{
    /// <summary>As many as a word has bits.</summary>
    public const int MostLeaves = 64;

    private readonly TreeTable _table;
    private readonly List<FoldedNode> _nodes = [];
    private readonly List<float> _leaves = [];

    private FoldedTree(TreeTable table)
    {
        _table = table;
    }

    public IReadOnlyList<FoldedNode> Nodes => _nodes;

    /// <summary>The leaves' weights.</summary>
    public IReadOnlyList<float> Leaves => _leaves;

    /// <summary>The target that all leaves add to.</summary>
    public int Target { get; private set; } = -1;

    /// <summary>The tree below a root, or null where it has no such form.</summary>
    /// <param name="table">All trees.</param>
    /// <param name="root">The tree's root.</param>
    /// <param name="met">One element a node of the table; set for nodes that were met, which no other part of a tree may come to again.</param>
    public static FoldedTree? Of(TreeTable table, int root, bool[] met)
    {
        var tree = new FoldedTree(table);
        return tree.Fold(root, met) ? tree : null;
    }

    private bool Fold(int at, bool[] met)
    {
        if (met[at]) return false;
        met[at] = true;
        var node = _table.Nodes[at];
        if (node.Test == TreeTest.Leaf) return AddLeaf(node);

        // A tree of many nodes has many leaves, so this also bounds the depth.
        if (_nodes.Count == MostLeaves - 1 || !float.IsFinite(node.Value)) return false;
        var values = new List<float> { node.Value };
        var (last, missingTrue) = (node, node.MissingTrue);
        while (Follows(node, last))
        {
            met[last.False] = true;
            last = _table.Nodes[last.False];
            values.Add(last.Value);
            missingTrue |= last.MissingTrue;
        }
        var (place, first) = (_nodes.Count, _leaves.Count);
        _nodes.Add(default);
        if (!Fold(node.True, met)) return false;
        var middle = _leaves.Count;
        if (!Fold(last.False, met)) return false;
        _nodes[place] = new FoldedNode(node.Feature, node.Test, [.. values], missingTrue, first, middle, _leaves.Count);
        return true;
    }

    // Whether the false child asks for another level of the same set.
    private bool Follows(in TreeNode first, in TreeNode last)
    {
        var next = _table.Nodes[last.False];
        return first.Test == TreeTest.Equal && next.Test == TreeTest.Equal && next.Feature == first.Feature && next.True == first.True
            && float.IsFinite(next.Value);
    }

    private bool AddLeaf(in TreeNode leaf)
    {
        if (leaf.False != leaf.True + 1 || _leaves.Count == MostLeaves) return false;
        var (target, weight) = (_table.Targets[leaf.True], _table.Weights[leaf.True]);
        if (Target < 0) Target = target;
        _leaves.Add(weight);
        return target == Target && float.IsFinite(weight);
    }
}
