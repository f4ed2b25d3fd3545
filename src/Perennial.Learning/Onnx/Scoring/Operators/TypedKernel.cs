namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>An operator that moves elements and does not look at them: the same code for every type of one of the inputs.</summary>
internal abstract class TypedKernel(int typedInput = 0) : Kernel
{
    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        switch (Required(inputs, typedInput).Type)
        {
            case ElementType.Float: Run<float>(inputs, outputs); break;
            case ElementType.Double: Run<double>(inputs, outputs); break;
            case ElementType.Int64: Run<long>(inputs, outputs); break;
            case ElementType.String: Run<string>(inputs, outputs); break;
            default: Run<bool>(inputs, outputs); break;
        }
    }

    protected abstract void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs);
}

/// <summary>An operator on numbers: float, double or int64, by the type of the first input.</summary>
internal abstract class NumericKernel : Kernel
{
    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var type = Required(inputs, 0).Type;
        switch (type)
        {
            case ElementType.Float: Run<float>(inputs, outputs); break;
            case ElementType.Double: Run<double>(inputs, outputs); break;
            case ElementType.Int64: Run<long>(inputs, outputs); break;
            default: throw new GraphFault($"does not support tensors of type {type}");
        }
    }

    protected abstract void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs) where T : struct, System.Numerics.INumber<T>;
}

/// <summary>Numbers of any type as floats, as operators of ai.onnx.ml take them.</summary>
internal static class Numbers
{
    /// <summary>The elements; converted ones are a copy.</summary>
    public static ReadOnlySpan<float> Of(Tensor tensor)
    {
        switch (tensor.Type)
        {
            case ElementType.Double: return Array.ConvertAll(tensor.Doubles.ToArray(), static v => (float)v);
            case ElementType.Int64: return Array.ConvertAll(tensor.Longs.ToArray(), static v => (float)v);
            case ElementType.Boolean: return Array.ConvertAll(tensor.Booleans.ToArray(), static v => v ? 1f : 0f);
            default: return tensor.Floats;
        }
    }
}
