using System.Globalization;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Conversion between float, int64 and bool, and of int64 to string. Floats are cut towards zero and held within the range of int64, NaN
/// becomes 0. Other conversions of strings differ between runtimes and are refused.
/// </summary>
internal sealed class Cast(NodeReader node) : Kernel
{
    private readonly ElementType _to = TensorReader.TypeOf((int)node.Int("to", 0), "attribute 'to'");

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Type == _to)
        {
            outputs[0].CopyFrom(input, input.Dims);
            return;
        }
        outputs[0].Reset(_to, input.Dims);
        switch (input.Type, _to)
        {
            case (ElementType.Float, ElementType.Int64): Each(input.Floats, outputs[0].Longs, static v => (long)v); break;
            case (ElementType.Float, ElementType.Boolean): Each(input.Floats, outputs[0].Booleans, static v => v != 0); break;
            case (ElementType.Int64, ElementType.Float): Each(input.Longs, outputs[0].Floats, static v => (float)v); break;
            case (ElementType.Int64, ElementType.Boolean): Each(input.Longs, outputs[0].Booleans, static v => v != 0); break;
            case (ElementType.Boolean, ElementType.Float): Each(input.Booleans, outputs[0].Floats, static v => v ? 1f : 0f); break;
            case (ElementType.Boolean, ElementType.Int64): Each(input.Booleans, outputs[0].Longs, static v => v ? 1L : 0L); break;
            case (ElementType.Int64, ElementType.String):
                Each(input.Longs, outputs[0].Strings, static v => v.ToString(CultureInfo.InvariantCulture));
                break;
            default: throw new GraphFault($"a cast from {input.Type} to {_to} is not supported");
        }
    }

    private static void Each<TFrom, TTo>(Span<TFrom> from, Span<TTo> to, Func<TFrom, TTo> convert)
    {
        for (var i = 0; i < to.Length; i++) to[i] = convert(from[i]);
    }
}
