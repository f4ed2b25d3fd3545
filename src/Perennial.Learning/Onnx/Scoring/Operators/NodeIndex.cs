namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Where a tree's node stands among all nodes. Exporters write a tree's nodes together and number them from 0; then no dictionary of all
/// nodes is needed, which would take longer than all the rest of reading.
/// </summary>
internal sealed class NodeIndex
{
    private readonly Dictionary<long, (int First, int Count)> _trees = [];
    private readonly Dictionary<(long Tree, long Node), int>? _nodes;

    /// <summary>Takes the trees and ids of all nodes.</summary>
    /// <exception cref="GraphFault">A tree has two nodes of one id.</exception>
    public NodeIndex(long[] trees, long[] ids)
    {
        if (AreNumberedFromZero(trees, ids)) return;
        _nodes = new Dictionary<(long, long), int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
            if (!_nodes.TryAdd((trees[i], ids[i]), i)) throw new GraphFault($"tree {trees[i]} has two nodes with the id {ids[i]}");
    }

    /// <summary>Finds a node.</summary>
    public bool TryGet(long tree, long id, out int index)
    {
        if (_nodes is not null) return _nodes.TryGetValue((tree, id), out index);
        var known = _trees.TryGetValue(tree, out var place) && id >= 0 && id < place.Count;
        index = known ? place.First + (int)id : 0;
        return known;
    }

    private bool AreNumberedFromZero(long[] trees, long[] ids)
    {
        for (var first = 0; first < ids.Length;)
        {
            var end = first;
            for (; end < ids.Length && trees[end] == trees[first]; end++)
                if (ids[end] != end - first) return false;
            if (!_trees.TryAdd(trees[first], (first, end - first))) return false;
            first = end;
        }
        return true;
    }
}
