using System.Text;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>The trees of an ai.onnx.ml TreeEnsemble, read from its parallel attributes, checked and laid flat.</summary>
internal sealed class TreeTable
{
    private readonly NodeIndex _index;
    private readonly long[] _treeIds;

    /// <summary>Reads the trees.</summary>
    /// <param name="node">The node.</param>
    /// <param name="prefix">Of the attributes of leaves: <c>target</c> or <c>class</c>.</param>
    /// <param name="outputs">How many targets or classes there are.</param>
    public TreeTable(NodeReader node, string prefix, int outputs)
    {
        node.Ignore("nodes_hitrates");
        foreach (var name in new[] { "nodes_values_as_tensor", $"{prefix}_weights_as_tensor", "base_values_as_tensor" })
            if (node.Has(name)) throw new GraphFault($"attribute '{name}' is not supported");
        _treeIds = node.Ints("nodes_treeids");
        Nodes = new TreeNode[_treeIds.Length];
        var ids = Same(node.Ints("nodes_nodeids"), "nodes_nodeids");
        _index = new NodeIndex(_treeIds, ids);
        ReadNodes(node);
        Roots = FindRoots(node);
        (Targets, Weights) = ReadLeaves(node, prefix, outputs);
    }

    /// <summary>All nodes. An inner node's children are indices into this; a leaf's are the first of its weights and the end.</summary>
    public TreeNode[] Nodes { get; }

    /// <summary>The root of each tree, in the order in which trees first occur.</summary>
    public int[] Roots { get; }

    /// <summary>To which target or class each weight adds.</summary>
    public int[] Targets { get; }

    /// <summary>What leaves add.</summary>
    public float[] Weights { get; }

    /// <summary>One more than the greatest feature that a test looks at.</summary>
    public int Features { get; private set; }

    /// <summary>The longest way from root to leaf, summed over trees: the most nodes that a row can visit.</summary>
    public long Depth { get; private set; }

    private void ReadNodes(NodeReader node)
    {
        var tests = Same(node.Names("nodes_modes", TestOf), "nodes_modes");
        var features = Same(node.Indices("nodes_featureids", Limits.Columns), "nodes_featureids");
        var values = Same(node.Floats("nodes_values"), "nodes_values");
        var tracks = node.Ints("nodes_missing_value_tracks_true");
        if (tracks.Length > 0) Same(tracks, "nodes_missing_value_tracks_true");
        for (var i = 0; i < Nodes.Length; i++)
        {
            var test = tests[i];
            var missingTrue = tracks.Length > 0 && tracks[i] != 0;
            Nodes[i] = new TreeNode { Test = test, Feature = features[i], Value = values[i], MissingTrue = missingTrue };
            if (test != TreeTest.Leaf) Features = Math.Max(Features, features[i] + 1);
        }
    }

    private static TreeTest TestOf(ReadOnlySpan<byte> mode, int position) =>
        mode.SequenceEqual("BRANCH_LEQ"u8) ? TreeTest.LessOrEqual
        : mode.SequenceEqual("BRANCH_EQ"u8) ? TreeTest.Equal
        : mode.SequenceEqual("LEAF"u8) ? TreeTest.Leaf
        : mode.SequenceEqual("BRANCH_LT"u8) ? TreeTest.Less
        : mode.SequenceEqual("BRANCH_GTE"u8) ? TreeTest.GreaterOrEqual
        : mode.SequenceEqual("BRANCH_GT"u8) ? TreeTest.Greater
        : mode.SequenceEqual("BRANCH_NEQ"u8) ? TreeTest.NotEqual
        : throw new GraphFault($"attribute 'nodes_modes'[{position}] is '{Encoding.UTF8.GetString(mode)}'");

    // Every node but one of each tree is the child of another, and all are reached from that one without coming back to a node on the
    // way. Several equalities of one feature may share their true child: that is how a set of levels is written.
    private int[] FindRoots(NodeReader node)
    {
        var yes = Same(node.Ints("nodes_truenodeids"), "nodes_truenodeids");
        var no = Same(node.Ints("nodes_falsenodeids"), "nodes_falsenodeids");
        var parents = new int[Nodes.Length];
        Array.Fill(parents, -1);
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (Nodes[i].Test == TreeTest.Leaf) continue;
            Nodes[i].True = Child(i, yes[i], "nodes_truenodeids", parents);
            Nodes[i].False = Child(i, no[i], "nodes_falsenodeids", parents);
        }
        var rootOf = new Dictionary<long, int>();
        var roots = new List<int>();
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (parents[i] >= 0) continue;
            if (!rootOf.TryAdd(_treeIds[i], i)) throw new GraphFault($"tree {_treeIds[i]} has more than one root");
            roots.Add(i);
        }
        var depths = new int[Nodes.Length];
        var reached = roots.Sum(root => Walk(root, depths));
        if (reached != Nodes.Length) throw new GraphFault($"{Nodes.Length - reached} nodes lie on cycles that no root leads to");
        return InOrderOfTrees(rootOf);
    }

    private int Child(int parent, long id, string attribute, int[] parents)
    {
        if (!_index.TryGet(_treeIds[parent], id, out var child))
            throw new GraphFault($"attribute '{attribute}'[{parent}] is {id}, which is no node of tree {_treeIds[parent]}");
        if (parents[child] >= 0 && !(attribute == "nodes_truenodeids" && AreEqualities(parents[child], parent) && Nodes[parents[child]].True == child))
            throw new GraphFault($"node {id} of tree {_treeIds[parent]} is the child of two nodes");
        parents[child] = parent;
        return child;
    }

    private bool AreEqualities(int one, int other) =>
        Nodes[one].Test == TreeTest.Equal && Nodes[other].Test == TreeTest.Equal && Nodes[one].Feature == Nodes[other].Feature;

    // Depths are 0 before a node is met and -1 while it is on the way.
    private int Walk(int root, int[] depths)
    {
        var open = new Stack<int>();
        open.Push(root);
        var reached = 0;
        while (open.TryPeek(out var at))
        {
            ref var node = ref Nodes[at];
            if (depths[at] == 0)
            {
                reached++;
                depths[at] = node.Test == TreeTest.Leaf ? 1 : -1;
                if (node.Test == TreeTest.Leaf) continue;
                if (depths[node.True] < 0 || depths[node.False] < 0) throw new GraphFault($"tree {_treeIds[at]} has nodes that lie on a cycle");
                if (depths[node.True] == 0) open.Push(node.True);
                if (depths[node.False] == 0) open.Push(node.False);
                continue;
            }
            if (depths[at] < 0) depths[at] = 1 + Math.Max(depths[node.True], depths[node.False]);
            open.Pop();
        }
        Depth += depths[root];
        return reached;
    }

    private int[] InOrderOfTrees(Dictionary<long, int> rootOf)
    {
        var seen = new HashSet<long>();
        var roots = new List<int>(rootOf.Count);
        for (var i = 0; i < _treeIds.Length; i++)
            if ((i == 0 || _treeIds[i] != _treeIds[i - 1]) && seen.Add(_treeIds[i])) roots.Add(rootOf[_treeIds[i]]);
        return [.. roots];
    }

    private (int[] Targets, float[] Weights) ReadLeaves(NodeReader node, string prefix, int outputs)
    {
        var targets = node.Indices($"{prefix}_ids", outputs);
        var weights = node.Floats($"{prefix}_weights");
        var (trees, nodes) = (node.Ints($"{prefix}_treeids"), node.Ints($"{prefix}_nodeids"));
        NodeReader.RequireLength($"{prefix}_weights", weights.Length, targets.Length);
        NodeReader.RequireLength($"{prefix}_treeids", trees.Length, targets.Length);
        NodeReader.RequireLength($"{prefix}_nodeids", nodes.Length, targets.Length);
        var leaves = new int[targets.Length];
        for (var w = 0; w < leaves.Length; w++)
        {
            if (!_index.TryGet(trees[w], nodes[w], out leaves[w]) || Nodes[leaves[w]].Test != TreeTest.Leaf)
                throw new GraphFault($"attribute '{prefix}_nodeids'[{w}] is {nodes[w]}, which is no leaf of tree {trees[w]}");
        }

        // A stable sort, so that the weights of a leaf keep their order.
        var order = Enumerable.Range(0, leaves.Length).OrderBy(w => leaves[w]).ToArray();
        for (var at = 0; at < order.Length; at++)
        {
            ref var leaf = ref Nodes[leaves[order[at]]];
            if (leaf.False == 0) leaf.True = at;
            leaf.False = at + 1;
        }
        return ([.. order.Select(w => targets[w])], [.. order.Select(w => weights[w])]);
    }

    private T[] Same<T>(T[] values, string name)
    {
        NodeReader.RequireLength(name, values.Length, Nodes.Length);
        return values;
    }
}

/// <summary>What an inner node asks of a feature; a row for which it holds goes to the true child.</summary>
internal enum TreeTest : byte
{
    Leaf,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Equal,
    NotEqual,
}

/// <summary>A node of a tree.</summary>
internal struct TreeNode
{
    public float Value;
    public int Feature;
    public int True;
    public int False;
    public TreeTest Test;
    public bool MissingTrue;
}
