using Perennial.Learning.Frames;
using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Looks in a graph for what needs no tensors: a core (trees or a table of weights) that all scores go through, features before it that
/// are columns as they are or follow from a column's strings, and a link behind it. Nothing is taken from the model's metadata: what is
/// not found in the nodes themselves is run as nodes.
/// </summary>
internal sealed class PlanCompiler
{
    // More rows at a time do not make the trees faster, and fewer stay in the cache.
    private const int MostBlockRows = 256;

    // Graphs that take longer to look through than this are run as nodes: features noted, values looked at behind them.
    private const int MostParts = 2 * Limits.Nodes;
    private const long MostVisited = 1L << 22;

    private readonly CompiledGraph _graph;
    private readonly InputBinding[] _bindings;
    private readonly Workspace _trial;
    private readonly GraphWalk _walk;
    private readonly int[] _firstColumns;
    private readonly List<int>[] _positions;
    private readonly List<TextLookup>[] _lookups;
    private readonly List<Placed<NumberEncoder>>[] _numbers;
    private readonly List<Placed<InstantEncoder>>[] _instants;
    private readonly ValuePatterns _patterns;
    private readonly List<TensorFeatures> _computed = [];
    private readonly Dictionary<int, (Step[] Steps, int[] Inputs)> _behind = [];
    private readonly TextLookups _texts = new();
    private int _width;

    private PlanCompiler(CompiledGraph graph, InputBinding[] bindings, Workspace trial)
    {
        (_graph, _bindings, _trial, _walk) = (graph, bindings, trial, new GraphWalk(graph));
        _firstColumns = new int[bindings.Length + 1];
        for (var i = 0; i < bindings.Length; i++) _firstColumns[i + 1] = _firstColumns[i] + bindings[i].Columns.Length;
        _positions = ListOf<int>();
        _lookups = ListOf<TextLookup>();
        _numbers = ListOf<Placed<NumberEncoder>>();
        _instants = ListOf<Placed<InstantEncoder>>();
        _patterns = new ValuePatterns(graph, _walk, input => bindings[input].Type);
    }

    /// <summary>The plan of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="bindings">Its inputs.</param>
    /// <param name="trial">Tensors that a row was run with, for their widths.</param>
    /// <param name="scores">How many scores a row the graph gives, and how many of them to leave out in front.</param>
    /// <param name="blockRows">How many rows to run at a time.</param>
    /// <param name="kernel">How the masks of trees are met.</param>
    public static ScoringPlan Compile(
        CompiledGraph graph, InputBinding[] bindings, Workspace trial, (int Outputs, int Skip) scores, int blockRows, MaskKernel kernel) =>
        new PlanCompiler(graph, bindings, trial).Compile(scores, blockRows, kernel) ?? Interpreted(graph, bindings, scores, blockRows);

    /// <summary>The plan that runs every node as such.</summary>
    public static ScoringPlan Interpreted(CompiledGraph graph, InputBinding[] bindings, (int Outputs, int Skip) scores, int blockRows) => new()
    {
        Columns = [.. bindings.SelectMany((binding, i) => binding.Columns.Select((column, c) => new ColumnPlan(column, binding, i, c) { InTensor = true }))],
        Graph = graph,
        StepsBefore = graph.Steps.Length,
        Scores = scores,
        BlockRows = blockRows,
    };

    private ScoringPlan? Compile((int Outputs, int Skip) scores, int blockRows, MaskKernel kernel)
    {
        if (FindCore() is not { } step || !Expand(step.Inputs[0]) || _width == 0) return null;
        if (CoreOf(step, kernel) is not { } core) return null;
        var (before, read) = _walk.Behind(_computed.Select(c => c.Slot));
        var (behind, _) = _walk.Behind([_graph.Scores], step.Outputs[0]);
        var link = LinkOf(behind, step.Outputs[0]);
        return new ScoringPlan
        {
            Columns = Columns(read),
            Graph = _graph with { Steps = [.. before, .. link is null ? behind : []] },
            StepsBefore = before.Length,
            Scores = scores,
            BlockRows = Math.Min(blockRows, MostBlockRows),
            Width = _width,
            Computed = [.. _computed],
            Core = core,
            MarginSlot = step.Outputs[0],
            Link = link,
            IsDirect = _width == _positions.Length && _positions.Index().All(p => p.Item.Count == 1 && p.Item[0] == p.Index),
        };
    }

    // The last core that is the only way from the inputs to the scores.
    private Step? FindCore() => Array.FindLast(_graph.Steps, step =>
        step.Kernel is TreeEnsembleRegressor { IsPlainSum: true } or Gemm { IsPlain: true } && _walk.Visited < MostVisited
        && _walk.Behind([_graph.Scores], step.Outputs[0]).Inputs.Length == 0);

    private MarginCore? CoreOf(Step step, MaskKernel kernel)
    {
        if (step.Kernel is TreeEnsembleRegressor trees)
        {
            return MaskTrees.Of(trees.Sums.Trees, trees.Targets, trees.BaseValues, kernel)
                ?? (MarginCore)new WalkedTrees(trees.Sums, trees.Targets, trees.BaseValues);
        }
        var outputs = _trial.Slot(step.Outputs[0]).Dim(1);
        if (((Gemm)step.Kernel).TransposesB is false || _graph.Constants[step.Inputs[1]] is not { } weights) return null;
        if (step.Inputs.Length < 3 || step.Inputs[2] < 0) return new LinearMargins(weights.Floats.ToArray(), [], outputs);
        return _graph.Constants[step.Inputs[2]] is { } intercepts && intercepts.Count == outputs
            ? new LinearMargins(weights.Floats.ToArray(), intercepts.Floats.ToArray(), outputs)
            : null;
    }

    // Notes where the columns of a table of floats come from; false where it is no such table, or one of too many parts. Concats may
    // stand in Concats as deep as there are nodes.
    private bool Expand(int features)
    {
        var open = new Stack<int>([features]);
        var parts = 1L;
        while (open.TryPop(out var slot))
        {
            var tensor = _trial.Slot(slot);
            if (tensor.Rank != 2 || tensor.Type != ElementType.Float || _graph.Constants[slot] is not null) return false;
            if (_walk.MakerOf(slot) is not { Kernel: Concat { Axis: 1 or -1 } } concat)
            {
                Place(slot, tensor.Dim(1));
                continue;
            }
            parts += concat.Inputs.Length;
            if (parts > MostParts) return false;
            for (var i = concat.Inputs.Length - 1; i >= 0; i--) open.Push(concat.Inputs[i]);
        }
        return true;
    }

    private void Place(int slot, int width)
    {
        if (Array.IndexOf(_graph.Inputs, slot) is >= 0 and var input)
            for (var c = _firstColumns[input]; c < _firstColumns[input + 1]; c++) _positions[c].Add(_width + c - _firstColumns[input]);
        else if (!Encode(slot, width))
            _computed.Add(new TensorFeatures(slot, _width, width));
        _width += width;
    }

    // Notes a slot that follows from one column by itself; false where it has to be computed by its nodes.
    private bool Encode(int slot, int width)
    {
        if (!_behind.TryGetValue(slot, out var behind))
        {
            if (_walk.Visited > MostVisited) return false;
            _behind.Add(slot, behind = _walk.Behind([slot]));
        }
        var (steps, inputs) = behind;
        if (inputs is not [var input] || _bindings[input] is not { Rank: 2, Columns: [var schema] } binding) return false;
        var column = _firstColumns[input];
        switch (binding.Type)
        {
            case ElementType.String when _texts.Of(_graph with { Steps = steps, Inputs = [_graph.Inputs[input]], Scores = slot }, binding, _width) is { } lookup:
                _lookups[column].Add(lookup);
                return true;
            case ElementType.Float when width == 1 && _patterns.NumberOf(slot, _graph.Inputs[input]) is { } number:
                _numbers[column].Add(new Placed<NumberEncoder>(number, _width));
                return true;
            case ElementType.Int64 when width == 1 && schema.Type == ColumnType.Timestamp && _patterns.InstantOf(slot) is { } instant:
                _instants[column].Add(new Placed<InstantEncoder>(instant, _width));
                return true;
            default:
                return false;
        }
    }

    private List<T>[] ListOf<T>() => [.. Enumerable.Range(0, _firstColumns[^1]).Select(_ => new List<T>())];

    private static Link.Apply? LinkOf(Step[] behind, int margins) => behind switch
    {
        [] => Link.Identity,
        [{ Inputs: [var from] } only] when from == margins => only switch
        {
            { Operator: "Identity" } => Link.Identity,
            { Operator: "Sigmoid" } => Link.Sigmoid,
            { Operator: "Exp" } => Link.Exp,
            { Kernel: Softmax { Axis: 1 or -1 } } => Link.Softmax,
            _ => null,
        },
        _ => null,
    };

    private ColumnPlan[] Columns(int[] inTensors) =>
    [
        .. _bindings.SelectMany((binding, i) => binding.Columns.Select((ColumnSchema column, int c) => new ColumnPlan(column, binding, i, c)
        {
            InTensor = inTensors.Contains(i),
            Positions = [.. _positions[_firstColumns[i] + c]],
            Numbers = [.. _numbers[_firstColumns[i] + c]],
            Instants = [.. _instants[_firstColumns[i] + c]],
            Lookups = [.. _lookups[_firstColumns[i] + c]],
        })),
    ];
}
