using System.Runtime.InteropServices;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Numbers for what slots compute: slots of one number compute the same, whatever they are called and in whichever graph they stand. The
/// number of an operator is that of its name, its attributes and its inputs' numbers; constants go by their value, inputs by their type.
/// </summary>
internal sealed class Expressions
{
    // No constant that is looked for has more.
    private const int MostElements = 64;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The number of a slot.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="walk">Who computes what in it.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="types">The types of the graph's inputs.</param>
    /// <param name="known">The numbers of slots of this graph that were asked for before.</param>
    public int NumberOf(CompiledGraph graph, GraphWalk walk, int slot, Func<int, ElementType> types, Dictionary<int, int> known)
    {
        // Inputs before what reads them, on a stack of its own: a graph may be as deep as it has nodes.
        var open = new Stack<int>([slot]);
        while (open.TryPeek(out var next))
        {
            var waiting = open.Count;
            if (!known.ContainsKey(next))
            {
                foreach (var input in InputsOf(graph, walk, next))
                    if (input >= 0 && !known.ContainsKey(input)) open.Push(input);
            }
            if (open.Count > waiting) continue;
            open.Pop();
            if (!known.ContainsKey(next)) known.Add(next, Number(graph, walk, next, types, known));
        }
        return known[slot];
    }

    private static int[] InputsOf(CompiledGraph graph, GraphWalk walk, int slot) =>
        graph.Constants[slot] is null && walk.MakerOf(slot) is { Attributes: not null } step ? step.Inputs : [];

    private int Number(CompiledGraph graph, GraphWalk walk, int slot, Func<int, ElementType> types, Dictionary<int, int> known)
    {
        var text = graph.Constants[slot] is { } constant ? TextOf(constant)
            : walk.MakerOf(slot) is not { } step ? $"input {types(Array.IndexOf(graph.Inputs, slot))}"
            : step.Attributes is null ? $"unknown {_numbers.Count}"
            : $"{step.Operator} {step.Attributes} {string.Join(' ', step.Inputs.Select(input => input < 0 ? -1 : known[input]))}"
                + $" {Array.IndexOf(step.Outputs, slot)}";
        if (!_numbers.TryGetValue(text, out var number)) _numbers.Add(text, number = _numbers.Count);
        return number;
    }

    private string TextOf(Tensor constant)
    {
        if (constant.Count > MostElements) return $"unknown {_numbers.Count}";
        var values = constant.Type switch
        {
            ElementType.Float => Convert.ToHexString(MemoryMarshal.AsBytes(constant.Floats)),
            ElementType.Int64 => Convert.ToHexString(MemoryMarshal.AsBytes(constant.Longs)),
            _ => $"unknown {constant.GetHashCode()}",
        };
        return $"{constant.Type} [{string.Join(' ', constant.Dims.ToArray())}] {values}";
    }
}
