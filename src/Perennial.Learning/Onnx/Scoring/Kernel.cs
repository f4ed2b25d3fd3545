namespace Perennial.Learning.Onnx.Scoring;

/// <summary>
/// One node, compiled: attributes are read and checked. Runs are concurrent, so it holds nothing that changes; all that a run writes is
/// in the tensors it is handed.
/// </summary>
internal abstract class Kernel
{
    /// <summary>
    /// Computes the outputs. An input that the node leaves out is null; an output that nobody reads is there all the same.
    /// </summary>
    /// <exception cref="GraphFault">Types, shapes or values do not fit the operator.</exception>
    public abstract void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs);

    protected static Tensor Required(ReadOnlySpan<Tensor?> inputs, int index) =>
        (index < inputs.Length ? inputs[index] : null) ?? throw new GraphFault($"input {index} is missing");

    protected static Tensor? Optional(ReadOnlySpan<Tensor?> inputs, int index) => index < inputs.Length ? inputs[index] : null;
}
