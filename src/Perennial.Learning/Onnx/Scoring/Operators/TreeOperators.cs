using System.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Adds up the leaves that rows fall into.</summary>
internal sealed class TreeSums(NodeReader node, string prefix, int outputs)
{
    private readonly TreeTable _trees = new(node, prefix, outputs);

    public TreeTable Trees => _trees;

    public int TreeCount => _trees.Roots.Length;

    public ReadOnlySpan<int> Targets => _trees.Targets;

    public ReadOnlySpan<float> Weights => _trees.Weights;

    /// <summary>Sums [rows, outputs] in float32, tree after tree, beginning from 0.</summary>
    public void Run(Tensor input, Tensor output)
    {
        var (rows, columns) = input.Table();
        if (columns < _trees.Features) throw new GraphFault($"input has {columns} columns, the trees look at {_trees.Features}");
        output.Reset(ElementType.Float, rows, outputs);
        output.Work(rows * _trees.Depth);
        if (input.Type == ElementType.Double) Run(input.Doubles, columns, output.Floats);
        else Run(Numbers.Of(input), columns, output.Floats);
    }

    /// <summary>The sums of some rows, row-major, of so many columns each.</summary>
    public void Run<T>(ReadOnlySpan<T> x, int columns, Span<float> sums) where T : struct, INumber<T>
    {
        var rows = sums.Length / outputs;
        sums.Clear();
        foreach (var root in _trees.Roots)
        {
            for (var r = 0; r < rows; r++)
            {
                var leaf = _trees.Nodes[LeafOf(root, x.Slice(r * columns, columns))];
                for (var w = leaf.True; w < leaf.False; w++) sums[r * outputs + _trees.Targets[w]] += _trees.Weights[w];
            }
        }
    }

    private int LeafOf<T>(int root, ReadOnlySpan<T> row) where T : struct, INumber<T>
    {
        var nodes = _trees.Nodes;
        var at = root;
        while (nodes[at].Test != TreeTest.Leaf) at = Holds(in nodes[at], row[nodes[at].Feature]) ? nodes[at].True : nodes[at].False;
        return at;
    }

    // Thresholds are floats; a double is compared with them as it is.
    private static bool Holds<T>(in TreeNode node, T x) where T : struct, INumber<T>
    {
        if (node.MissingTrue && T.IsNaN(x)) return true;
        var value = T.CreateTruncating(node.Value);
        return node.Test switch
        {
            TreeTest.LessOrEqual => x <= value,
            TreeTest.Less => x < value,
            TreeTest.GreaterOrEqual => x >= value,
            TreeTest.Greater => x > value,
            TreeTest.Equal => x == value,
            _ => x != value,
        };
    }
}

/// <summary>Regression by trees; SUM or AVERAGE of leaves, then the base value.</summary>
internal sealed class TreeEnsembleRegressor : Kernel
{
    private readonly TreeSums _sums;
    private readonly PostTransform _post;
    private readonly float[] _base;
    private readonly bool _average;
    private readonly int _targets;

    public TreeEnsembleRegressor(NodeReader node)
    {
        var targets = node.Int("n_targets", 1);
        if (targets is < 1 or > Limits.Columns) throw new GraphFault($"attribute 'n_targets' is {targets}");
        _targets = (int)targets;
        var aggregate = node.Text("aggregate_function", "SUM");
        if (aggregate is not ("SUM" or "AVERAGE"))
            throw new GraphFault($"attribute 'aggregate_function' is '{aggregate}'; supported are SUM, AVERAGE");
        _average = aggregate == "AVERAGE";
        _sums = new TreeSums(node, "target", _targets);
        _post = new PostTransform(node);
        _base = node.Floats("base_values");
        if (_base.Length > 0) NodeReader.RequireLength("base_values", _base.Length, _targets);
    }

    public TreeSums Sums => _sums;

    public int Targets => _targets;

    public float[] BaseValues => _base;

    /// <summary>Whether scores are sums of leaves and base values and nothing more.</summary>
    public bool IsPlainSum => !_average && _post.IsNone;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        _sums.Run(Required(inputs, 0), outputs[0]);
        var scores = outputs[0].Floats;
        for (var i = 0; i < scores.Length; i++)
        {
            if (_average) scores[i] /= Math.Max(1, _sums.TreeCount);
            if (_base.Length > 0) scores[i] += _base[i % _targets];
        }
        _post.Apply(scores, _targets);
    }
}

/// <summary>
/// Classification by trees. Outputs: label, scores. Two classes of which only the first has weights are one margin, as the reference
/// runtime takes it: the second class's score is it, the first's is what is left to 1 (weights all positive) or its mirror image.
/// </summary>
internal sealed class TreeEnsembleClassifier : Kernel
{
    private readonly TreeSums _sums;
    private readonly PostTransform _post;
    private readonly ClassLabels _labels;
    private readonly float[] _base;
    private readonly bool _oneMargin;
    private readonly bool _allPositive;

    public TreeEnsembleClassifier(NodeReader node)
    {
        _labels = new ClassLabels(node, "classlabels_int64s");
        _sums = new TreeSums(node, "class", _labels.Count);
        _post = new PostTransform(node);
        _base = node.Floats("base_values");
        var weighted = new HashSet<int>(_sums.Targets.ToArray());
        _oneMargin = _labels.Count == 2 && weighted.Count == 1;
        if (_oneMargin && !weighted.Contains(0)) throw new GraphFault("of two classes only the second has weights, which is not supported");
        if (_base.Length > 0 && _labels.Count == 2 && !(_oneMargin && _base.Length == 1))
            throw new GraphFault("attribute 'base_values' for two classes is supported only as one value where only the first has weights");
        if (_base.Length > 0 && !_oneMargin) NodeReader.RequireLength("base_values", _base.Length, _labels.Count);
        _allPositive = true;
        foreach (var weight in _sums.Weights) _allPositive &= weight >= 0;
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (outputs.Length < 2) throw new GraphFault("has one output where label and scores are expected");
        _sums.Run(Required(inputs, 0), outputs[1]);
        var scores = outputs[1].Floats;
        if (_oneMargin) Spread(scores);
        else
        {
            if (_base.Length > 0)
                for (var i = 0; i < scores.Length; i++) scores[i] += _base[i % _labels.Count];
            _post.Apply(scores, _labels.Count);
        }
        _labels.Write(outputs[1], _labels.Count, outputs[0]);
    }

    private void Spread(Span<float> scores)
    {
        for (var i = 0; i < scores.Length; i += 2)
        {
            var margin = _base.Length > 0 ? scores[i] + _base[0] : scores[i];
            (scores[i], scores[i + 1]) =
                _allPositive ? (1 - margin, margin)
                : _post.IsLogistic ? (Elementary.Sigmoid(-margin), Elementary.Sigmoid(margin))
                : (-margin, margin);
        }
    }
}
