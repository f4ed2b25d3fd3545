using Google.Protobuf;
using Perennial.Learning.Onnx.Protos;
using AttributeType = Perennial.Learning.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// TreeEnsemble of ai.onnx.ml 5, rewritten as the TreeEnsembleRegressor that it replaces: nodes and leaves with indices of their own become
/// nodes with ids in their tree, and a membership becomes a chain of equalities that share their true child.
/// </summary>
internal sealed class TreeEnsemble
{
    private const int Member = 6;

    private static readonly string[] Modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
    private static readonly string[] Aggregates = ["AVERAGE", "SUM"];
    private static readonly string[] Posts = ["NONE", "SOFTMAX", "LOGISTIC"];

    private readonly long[] _modes, _features, _yes, _no, _yesLeafs, _noLeafs, _tracks, _targets;
    private readonly float[] _splits, _weights;
    private readonly float[]?[] _members;
    private readonly bool[] _met;
    private readonly Dictionary<string, AttributeProto> _written = new(StringComparer.Ordinal);
    private int _tree, _next;

    private TreeEnsemble(NodeReader node)
    {
        node.Ignore("nodes_hitrates");
        (_splits, _weights) = (Floats(node, "nodes_splits"), Floats(node, "leaf_weights"));
        _modes = node.Tensor("nodes_modes") is { } modes ? TensorReader.Read(modes).Longs.ToArray() : [];
        (_features, _yes, _no) = (node.Ints("nodes_featureids"), node.Ints("nodes_truenodeids"), node.Ints("nodes_falsenodeids"));
        (_yesLeafs, _noLeafs, _targets) = (node.Ints("nodes_trueleafs"), node.Ints("nodes_falseleafs"), node.Ints("leaf_targetids"));
        _tracks = node.Has("nodes_missing_value_tracks_true") ? node.Ints("nodes_missing_value_tracks_true") : new long[_features.Length];
        string[] names = ["nodes_splits", "nodes_modes", "nodes_truenodeids", "nodes_falsenodeids", "nodes_trueleafs", "nodes_falseleafs", "nodes_missing_value_tracks_true"];
        int[] lengths = [_splits.Length, _modes.Length, _yes.Length, _no.Length, _yesLeafs.Length, _noLeafs.Length, _tracks.Length];
        for (var i = 0; i < names.Length; i++) NodeReader.RequireLength(names[i], lengths[i], _features.Length);
        NodeReader.RequireLength("leaf_weights", _weights.Length, _targets.Length);
        _met = new bool[_features.Length];
        _members = Members(node.Has("membership_values") ? Floats(node, "membership_values") : []);
    }

    /// <summary>The kernel.</summary>
    public static TreeEnsembleRegressor Of(NodeReader node)
    {
        var (targets, aggregate, post) = (node.Int("n_targets", 1), Name(node, "aggregate_function", Aggregates, 1), Name(node, "post_transform", Posts, 0));
        var ensemble = new TreeEnsemble(node);
        foreach (var root in node.Ints("tree_roots")) ensemble.Tree(root);
        var written = new NodeProto { OpType = nameof(TreeEnsembleRegressor), Attribute = { ensemble._written.Values } };
        written.Attribute.Add(new AttributeProto { Name = "n_targets", Type = AttributeType.Int, I = targets });
        written.Attribute.Add(new AttributeProto { Name = "aggregate_function", Type = AttributeType.String, S = ByteString.CopyFromUtf8(aggregate) });
        written.Attribute.Add(new AttributeProto { Name = "post_transform", Type = AttributeType.String, S = ByteString.CopyFromUtf8(post) });
        return new TreeEnsembleRegressor(new NodeReader(written, _ => null, opset: 3));
    }

    private static string Name(NodeReader node, string attribute, string[] names, long otherwise)
    {
        var value = node.Int(attribute, otherwise);
        return value >= 0 && value < names.Length ? names[value]
            : throw new GraphFault($"attribute '{attribute}' is {value}; supported are 0 to {names.Length - 1} ({string.Join(", ", names)})");
    }

    private static float[] Floats(NodeReader node, string name) => node.Tensor(name) is not { } stored ? throw new GraphFault($"attribute '{name}' is missing")
        : TensorReader.Read(stored) is { Type: ElementType.Float } tensor ? tensor.Floats.ToArray()
        : throw new GraphFault($"attribute '{name}' is not of floats, which alone are supported");

    // The values of all memberships after one another, a NaN behind each.
    private float[]?[] Members(float[] values)
    {
        var members = new float[]?[_modes.Length];
        var at = 0;
        for (var i = 0; i < _modes.Length; i++)
        {
            if (_modes[i] != Member) continue;
            var end = Array.FindIndex(values, at, float.IsNaN);
            if (end < 0) end = values.Length;
            if (end <= at) throw new GraphFault($"attribute 'membership_values' holds no values for node {i}");
            members[i] = values[at..end];
            at = Math.Min(end + 1, values.Length);
        }
        return members;
    }

    // Children are written behind their parents; each inner node's id is known before they are.
    private void Tree(long root)
    {
        _next = 0;
        var open = new Stack<(long Index, bool Leaf, int Id)>();
        open.Push((root, false, _next++));
        while (open.TryPop(out var at))
        {
            if (at.Leaf) Leaf(at.Index, at.Id);
            else Inner(at.Index, at.Id, open);
        }
        _tree++;
    }

    private void Inner(long index, int id, Stack<(long, bool, int)> open)
    {
        if (index < 0 || index >= _features.Length) throw new GraphFault($"a tree refers to the node {index}, of {_features.Length}");
        if (_met[index]) throw new GraphFault($"node {index} is the child of two nodes, or a root and a child");
        _met[index] = true;
        if (_modes[index] is < 0 or > Member) throw new GraphFault($"attribute 'nodes_modes'[{index}] is {_modes[index]}");
        var (yes, no) = (_next++, _next++);
        var chain = _members[index] ?? [_splits[index]];
        var mode = _modes[index] == Member ? "BRANCH_EQ" : Modes[_modes[index]];
        for (var link = 0; link < chain.Length; link++)
        {
            var following = link + 1 < chain.Length ? _next++ : no;
            Node(id, mode, _features[index], chain[link], yes, following, _tracks[index]);
            id = following;
        }
        open.Push((_no[index], _noLeafs[index] != 0, no));
        open.Push((_yes[index], _yesLeafs[index] != 0, yes));
    }

    private void Leaf(long index, int id)
    {
        if (index < 0 || index >= _targets.Length) throw new GraphFault($"a tree refers to the leaf {index}, of {_targets.Length}");
        Node(id, "LEAF", 0, 0, 0, 0, 0);
        Add("target_treeids", _tree);
        Add("target_nodeids", id);
        Add("target_ids", _targets[index]);
        Of("target_weights", AttributeType.Floats).Floats.Add(_weights[index]);
    }

    private void Node(int id, string mode, long feature, float split, int yes, int no, long tracks)
    {
        Add("nodes_treeids", _tree);
        Add("nodes_nodeids", id);
        Add("nodes_featureids", feature);
        Add("nodes_truenodeids", yes);
        Add("nodes_falsenodeids", no);
        Add("nodes_missing_value_tracks_true", tracks);
        Of("nodes_values", AttributeType.Floats).Floats.Add(split);
        Of("nodes_modes", AttributeType.Strings).Strings.Add(ByteString.CopyFromUtf8(mode));
    }

    private void Add(string name, long value) => Of(name, AttributeType.Ints).Ints.Add(value);

    private AttributeProto Of(string name, AttributeType type)
    {
        if (!_written.TryGetValue(name, out var attribute)) _written.Add(name, attribute = new AttributeProto { Name = name, Type = type });
        return attribute;
    }
}
