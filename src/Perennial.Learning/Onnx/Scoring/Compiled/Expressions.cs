using System.Runtime.InteropServices;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Numbers for what slots compute: slots of one number compute the same, whatever they are called and in whichever graph they stand. The
/// number of an operator is that of its name, its attributes and its inputs' numbers; constants go by their value, inputs by their type.
/// </summary>
internal sealed class Expressions
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The number of a slot.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="walk">Who computes what in it.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="types">The types of the graph's inputs.</param>
    /// <param name="known">The numbers of slots of this graph that were asked for before.</param>
    public int NumberOf(CompiledGraph graph, GraphWalk walk, int slot, Func<int, ElementType> types, Dictionary<int, int> known)
    {
        if (slot < 0) return -1;
        if (known.TryGetValue(slot, out var number)) return number;
        var text = graph.Constants[slot] is { } constant ? TextOf(constant)
            : walk.MakerOf(slot) is not { } step ? $"input {types(Array.IndexOf(graph.Inputs, slot))}"
            : step.Attributes is null ? $"unknown {_numbers.Count}"
            : $"{step.Operator} {step.Attributes} {string.Join(' ', step.Inputs.Select(input => NumberOf(graph, walk, input, types, known)))}"
                + $" {Array.IndexOf(step.Outputs, slot)}";
        if (!_numbers.TryGetValue(text, out number)) _numbers.Add(text, number = _numbers.Count);
        known.Add(slot, number);
        return number;
    }

    private static string TextOf(Tensor constant)
    {
        var values = constant.Type switch
        {
            ElementType.Float => Convert.ToHexString(MemoryMarshal.AsBytes(constant.Floats)),
            ElementType.Int64 => Convert.ToHexString(MemoryMarshal.AsBytes(constant.Longs)),
            _ => $"unknown {constant.GetHashCode()}",
        };
        return $"{constant.Type} [{string.Join(' ', constant.Dims.ToArray())}] {values}";
    }
}
