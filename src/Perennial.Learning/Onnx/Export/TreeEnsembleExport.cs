using Perennial.Learning.Models;

namespace Perennial.Learning.Onnx.Export;

/// <summary>
/// Writes trees as one ai.onnx.ml TreeEnsembleRegressor: one target an output, trees in their order, nodes in theirs. The scorer adds the
/// leaves of a target in that order, then the base value. A split on a set of levels is a chain of equalities, the most frequent level
/// first, that all send to one and the same true child: as converters of LightGBM write it, and as ONNX Runtime reads it.
/// </summary>
internal sealed class TreeEnsembleExport
{
    private readonly List<long> _trees = [], _nodes = [], _features = [], _left = [], _right = [], _missingLeft = [];
    private readonly List<float> _thresholds = [], _weights = [], _covers = [];
    private readonly List<string> _modes = [];
    private readonly List<long> _leafTrees = [], _leafNodes = [], _leafTargets = [];

    public static string Write(GraphBuilder graph, TreeEnsemblePredictor ensemble, string features)
    {
        var export = new TreeEnsembleExport();
        for (var tree = 0; tree < ensemble.Trees.Count; tree++) export.Add(tree, ensemble.Trees[tree]);
        return graph.MlNode("TreeEnsembleRegressor", [features], null,
            GraphBuilder.Text("aggregate_function", "SUM"),
            GraphBuilder.Singles("base_values", ensemble.BaseMargins),
            GraphBuilder.Int("n_targets", ensemble.Outputs),
            GraphBuilder.Ints("nodes_falsenodeids", export._right),
            GraphBuilder.Ints("nodes_featureids", export._features),
            GraphBuilder.Singles("nodes_hitrates", export._covers),
            GraphBuilder.Ints("nodes_missing_value_tracks_true", export._missingLeft),
            GraphBuilder.Texts("nodes_modes", export._modes),
            GraphBuilder.Ints("nodes_nodeids", export._nodes),
            GraphBuilder.Ints("nodes_treeids", export._trees),
            GraphBuilder.Ints("nodes_truenodeids", export._left),
            GraphBuilder.Singles("nodes_values", export._thresholds),
            GraphBuilder.Text("post_transform", "NONE"),
            GraphBuilder.Ints("target_ids", export._leafTargets),
            GraphBuilder.Ints("target_nodeids", export._leafNodes),
            GraphBuilder.Ints("target_treeids", export._leafTrees),
            GraphBuilder.Singles("target_weights", export._weights));
    }

    private void Add(int number, Tree tree)
    {
        var extra = tree.Feature.Length;
        for (var node = 0; node < tree.Feature.Length; node++)
        {
            var chain = ChainOf(tree, node);
            Add(number, node, tree, node, chain[0], chain.Length > 1 ? extra : tree.Right[node]);
            extra += chain.Length - 1;
            if (tree.Feature[node] >= 0) continue;
            _leafTrees.Add(number);
            _leafNodes.Add(node);
            _leafTargets.Add(tree.Output);
            _weights.Add(tree.Value[node]);
        }
        extra = tree.Feature.Length;
        for (var node = 0; node < tree.Feature.Length; node++)
        {
            var chain = ChainOf(tree, node);
            for (var link = 1; link < chain.Length; link++, extra++)
                Add(number, extra, tree, node, chain[link], link + 1 < chain.Length ? extra + 1 : tree.Right[node]);
        }
    }

    // The thresholds that a node tests one after another, and how many rows come to each test.
    private static (float Threshold, float Cover)[] ChainOf(Tree tree, int node)
    {
        if (tree.SetAt(node) is not { } set) return [(tree.Feature[node] < 0 ? 0 : tree.Threshold[node], tree.Cover[node])];
        var chain = new (float, float)[set.Codes.Count];
        var cover = tree.Cover[node];
        var link = 0;
        foreach (var at in Enumerable.Range(0, chain.Length).OrderByDescending(i => set.Rows[i]))
        {
            chain[link++] = (set.Codes[at], cover);
            cover -= set.Rows[at];
        }
        return chain;
    }

    private void Add(int number, int id, Tree tree, int node, (float Threshold, float Cover) test, int right)
    {
        var leaf = tree.Feature[node] < 0;
        _trees.Add(number);
        _nodes.Add(id);
        _features.Add(leaf ? 0 : tree.Feature[node]);
        _covers.Add(test.Cover);
        _thresholds.Add(test.Threshold);
        _modes.Add(leaf ? "LEAF" : tree.IsLevel[node] ? "BRANCH_EQ" : "BRANCH_LEQ");
        _left.Add(leaf ? 0 : tree.Left[node]);
        _right.Add(leaf ? 0 : right);
        _missingLeft.Add(!leaf && tree.MissingLeft[node] ? 1 : 0);
    }
}
