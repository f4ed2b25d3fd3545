namespace Perennial.Learning.Onnx.Scoring;

/// <summary>One node of a compiled graph.</summary>
/// <param name="Kernel">What it computes.</param>
/// <param name="Inputs">Slots it reads; -1 where an optional input is left out.</param>
/// <param name="Outputs">Slots it writes.</param>
/// <param name="Operator">The operator's name; behind its domain, unless that is the default one.</param>
/// <param name="Where">The node's name and operator, for messages.</param>
/// <param name="Attributes">The attributes as text where all are single numbers, so that equal nodes have equal ones; else null.</param>
internal sealed record Step(Kernel Kernel, int[] Inputs, int[] Outputs, string Operator, string Where, string? Attributes = null);

/// <summary>
/// A graph ready to run: nodes in order, values as numbered slots. Immutable; what a run writes is in a workspace.
/// </summary>
/// <param name="Steps">The nodes, each behind those it reads from.</param>
/// <param name="Constants">A tensor for every slot that is constant, null for the rest.</param>
/// <param name="Inputs">The slots that hold the graph's inputs.</param>
/// <param name="Scores">The slot that holds the scores.</param>
internal sealed record CompiledGraph(Step[] Steps, Tensor?[] Constants, int[] Inputs, int Scores);

/// <summary>The tensors of one run at a time; their buffers grow to what the graph needs and stay.</summary>
internal sealed class Workspace
{
    private readonly CompiledGraph _graph;
    private readonly Tensor[] _slots;
    private readonly Tensor?[][] _inputs;
    private readonly Tensor[][] _outputs;

    public Workspace(CompiledGraph graph)
    {
        _graph = graph;
        _slots = new Tensor[graph.Constants.Length];
        for (var slot = 0; slot < _slots.Length; slot++) _slots[slot] = graph.Constants[slot] ?? new Tensor(Meter);
        _inputs = [.. graph.Steps.Select(s => s.Inputs.Select(slot => slot < 0 ? null : _slots[slot]).ToArray())];
        _outputs = [.. graph.Steps.Select(s => s.Outputs.Select(slot => _slots[slot]).ToArray())];
    }

    public Meter Meter { get; } = new();

    public Tensor Scores => _slots[_graph.Scores];

    public Tensor Input(int index) => _slots[_graph.Inputs[index]];

    public Tensor Slot(int slot) => _slots[slot];

    /// <summary>Computes everything from the inputs, which have been filled.</summary>
    /// <exception cref="OnnxFormatException">A node cannot deal with its inputs; the message names it.</exception>
    public void Run() => Run(0, _graph.Steps.Length);

    /// <summary>Computes some of the steps, from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    /// <exception cref="OnnxFormatException">A node cannot deal with its inputs; the message names it.</exception>
    public void Run(int first, int end)
    {
        var steps = _graph.Steps;
        for (var s = first; s < end; s++)
        {
            try
            {
                steps[s].Kernel.Run(_inputs[s], _outputs[s]);
            }
            catch (GraphFault fault)
            {
                throw new OnnxFormatException($"{steps[s].Where}: {fault.Message}.", fault);
            }
        }
    }
}
