namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>Who computes what in a graph, and what depends on what.</summary>
internal sealed class GraphWalk
{
    private readonly CompiledGraph _graph;
    private readonly int[] _makers;

    public GraphWalk(CompiledGraph graph)
    {
        _graph = graph;
        _makers = new int[graph.Constants.Length];
        Array.Fill(_makers, -1);
        for (var step = 0; step < graph.Steps.Length; step++)
            foreach (var slot in graph.Steps[step].Outputs) _makers[slot] = step;
    }

    /// <summary>How many values have been looked at behind others so far, for those who ask often.</summary>
    public long Visited { get; private set; }

    /// <summary>The step that computes a slot; null for inputs and constants.</summary>
    public Step? MakerOf(int slot) => _makers[slot] < 0 ? null : _graph.Steps[_makers[slot]];

    /// <summary>The steps that some slots depend on, in order, and the graph's inputs among what they read.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="known">A slot that is not asked where it comes from; -1 for none.</param>
    public (Step[] Steps, int[] Inputs) Behind(IEnumerable<int> slots, int known = -1)
    {
        var (steps, inputs, met) = (new SortedSet<int>(), new SortedSet<int>(), new HashSet<int>());
        var open = new Stack<int>(slots);
        while (open.TryPop(out var slot))
        {
            Visited++;
            if (slot < 0 || slot == known || !met.Add(slot)) continue;
            if (_makers[slot] < 0)
            {
                if (_graph.Constants[slot] is null) inputs.Add(Array.IndexOf(_graph.Inputs, slot));
                continue;
            }
            steps.Add(_makers[slot]);
            foreach (var input in _graph.Steps[_makers[slot]].Inputs) open.Push(input);
        }
        return ([.. steps.Select(step => _graph.Steps[step])], [.. inputs]);
    }
}
