using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Explanations;

/// <summary>Reads the trees of a TreeEnsembleRegressor node back, with the numbers of training rows that came through their nodes.</summary>
internal sealed class GraphTrees
{
    // Deeper trees come from no learner, and those who walk them recurse.
    private const int MostDepth = 500;

    private readonly long[] _treeIds, _nodeIds, _featureIds, _left, _right, _missingLeft;
    private readonly float[] _thresholds, _covers;
    private readonly string[] _modes;
    private readonly Dictionary<(long Tree, long Node), int> _nodes = [];
    private readonly Dictionary<(long Tree, long Node), (long Target, float Value)> _leaves = [];

    private GraphTrees(NodeProto node)
    {
        if (Text(node, "aggregate_function", "SUM") != "SUM" || Text(node, "post_transform", "NONE") != "NONE")
            throw new NotExplainableException("Its trees are not summed up, or are transformed afterwards.");
        _treeIds = Longs(node, "nodes_treeids");
        _nodeIds = Longs(node, "nodes_nodeids", _treeIds.Length);
        _featureIds = Longs(node, "nodes_featureids", _treeIds.Length);
        _left = Longs(node, "nodes_truenodeids", _treeIds.Length);
        _right = Longs(node, "nodes_falsenodeids", _treeIds.Length);
        _missingLeft = Find(node, "nodes_missing_value_tracks_true") is null ? new long[_treeIds.Length] : Longs(node, "nodes_missing_value_tracks_true", _treeIds.Length);
        _thresholds = Floats(node, "nodes_values", _treeIds.Length);
        _covers = Floats(node, "nodes_hitrates", _treeIds.Length);
        _modes = [.. Find(node, "nodes_modes")?.Strings.Select(mode => mode.ToStringUtf8()) ?? []];
        if (_modes.Length != _treeIds.Length) throw Malformed("nodes_modes");
        for (var i = 0; i < _treeIds.Length; i++)
            if (!_nodes.TryAdd((_treeIds[i], _nodeIds[i]), i)) throw Malformed("nodes_nodeids");
        ReadLeaves(node);
    }

    /// <exception cref="NotExplainableException">The trees are of a kind that training here does not make, or do not know their rows.</exception>
    public static TreeEnsemblePredictor Read(NodeProto node)
    {
        var graph = new GraphTrees(node);
        var targets = Find(node, "n_targets") is { } count ? (int)Math.Clamp(count.I, 1, 10_000) : 1;
        var bases = Find(node, "base_values") is { } given ? given.Floats.ToArray() : new float[targets];
        if (bases.Length != targets) throw Malformed("base_values");
        var roots = graph._treeIds.Select((tree, at) => (tree, at)).DistinctBy(node => node.tree);
        return new TreeEnsemblePredictor([.. roots.Select(root => graph.Tree(root.tree, root.at, targets))], bases);
    }

    private void ReadLeaves(NodeProto node)
    {
        var weights = Find(node, "target_weights")?.Floats.ToArray() ?? [];
        var trees = Longs(node, "target_treeids", weights.Length);
        var nodes = Longs(node, "target_nodeids", weights.Length);
        var targets = Longs(node, "target_ids", weights.Length);
        for (var i = 0; i < weights.Length; i++)
            if (!_leaves.TryAdd((trees[i], nodes[i]), (targets[i], weights[i])))
                throw new NotExplainableException("A leaf of its trees has several values.");
    }

    private Tree Tree(long tree, int root, int targets)
    {
        var read = new TreeDraft();
        var open = new Stack<(int At, int Slot, int Depth)>();
        var seen = new HashSet<int>();
        open.Push((root, read.Add(), 0));
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next.At) || next.Depth > MostDepth) throw new NotExplainableException($"Tree {tree} joins ways, or is deeper than {MostDepth}.");
            read.Cover[next.Slot] = _covers[next.At];
            if (_modes[next.At] == "LEAF") Leaf(read, next.Slot, tree, _nodeIds[next.At], targets);
            else
            {
                var (left, right) = Test(read, next.Slot, tree, next.At, seen);
                CheckRows(tree, next.At, left, right);
                open.Push((left, read.Left[next.Slot] = read.Add(), next.Depth + 1));
                open.Push((right, read.Right[next.Slot] = read.Add(), next.Depth + 1));
            }
        }
        return read.ToTree();
    }

    private void Leaf(TreeDraft draft, int slot, long tree, long node, int targets)
    {
        draft.Feature[slot] = -1;
        if (!_leaves.TryGetValue((tree, node), out var leaf)) throw new NotExplainableException($"Leaf {node} of tree {tree} has no value.");
        if (leaf.Target < 0 || leaf.Target >= targets || (draft.Output is { } output && output != leaf.Target))
            throw new NotExplainableException($"The leaves of tree {tree} add to several scores.");
        draft.Output = (int)leaf.Target;
        draft.Value[slot] = leaf.Value;
    }

    // Fills the slot's test and says where its children are.
    private (int Left, int Right) Test(TreeDraft draft, int slot, long tree, int at, HashSet<int> seen)
    {
        if (_featureIds[at] is < 0 or > int.MaxValue) throw Malformed("nodes_featureids");
        draft.Feature[slot] = (int)_featureIds[at];
        draft.MissingLeft[slot] = _missingLeft[at] != 0;
        draft.Threshold[slot] = _modes[at] == "BRANCH_LT" ? MathF.BitDecrement(_thresholds[at]) : _thresholds[at];
        draft.IsLevel[slot] = _modes[at] == "BRANCH_EQ";
        if (_modes[at] is not ("BRANCH_LEQ" or "BRANCH_LT" or "BRANCH_EQ")) throw new NotExplainableException($"Its trees test by {_modes[at]}.");
        var (left, right) = (Child(tree, _left[at]), Child(tree, _right[at]));
        if (!draft.IsLevel[slot]) return (left, right);
        // A chain of equalities that share their true child is one split on a set of levels.
        var levels = new List<(float Level, float Rows)>();
        for (var link = at; ; link = right)
        {
            right = Child(tree, _right[link]);
            levels.Add((_thresholds[link], _covers[link] - _covers[right]));
            if (_modes[right] != "BRANCH_EQ" || _featureIds[right] != _featureIds[at] || _left[right] != _left[at] || _missingLeft[right] != _missingLeft[at]) break;
            if (!seen.Add(right)) throw new NotExplainableException($"Tree {tree} joins ways.");
        }
        if (levels.Count > 1) draft.Sets[slot] = SetOf(levels);
        return (left, right);
    }

    private static LevelSet SetOf(List<(float Level, float Rows)> levels)
    {
        if (levels.Any(level => level.Level is not (>= 0 and <= 255) || level.Level != (int)level.Level))
            throw new NotExplainableException("Its trees split on sets of other values than levels.");
        var sorted = levels.DistinctBy(level => level.Level).OrderBy(level => level.Level).ToArray();
        return new LevelSet([.. sorted.Select(level => (int)level.Level)], [.. sorted.Select(level => level.Rows)]);
    }

    // Others write ones, which would give shares that are none.
    private void CheckRows(long tree, int at, int left, int right)
    {
        var apart = Math.Abs((double)_covers[at] - _covers[left] - _covers[right]);
        if (!(_covers[left] > 0) || !(_covers[right] > 0) || !(apart <= 1e-4 * _covers[at]))
            throw new NotExplainableException($"Its trees do not know how many training rows came through their nodes (tree {tree}).");
    }

    private int Child(long tree, long node) => _nodes.TryGetValue((tree, node), out var at) ? at : throw Malformed("nodes_nodeids");

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static string Text(NodeProto node, string name, string otherwise) => Find(node, name)?.S.ToStringUtf8() ?? otherwise;

    private static long[] Longs(NodeProto node, string name, int? length = null)
    {
        var values = Find(node, name)?.Ints.ToArray() ?? [];
        return length is null || values.Length == length ? values : throw Malformed(name);
    }

    private static float[] Floats(NodeProto node, string name, int length)
    {
        var values = Find(node, name)?.Floats.ToArray() ?? [];
        return values.Length == length ? values : throw Malformed(name);
    }

    private static NotExplainableException Malformed(string attribute) =>
        new($"Its trees' attribute '{attribute}' is missing or does not fit the others.");
}
