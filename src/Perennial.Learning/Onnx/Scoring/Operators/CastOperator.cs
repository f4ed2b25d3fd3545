using System.Globalization;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Conversion between numbers and bool, and of int64 to string. Floats are cut towards zero and held within the range of int64, NaN
/// becomes 0; integers narrower than int64 keep their lowest bits. Other conversions of strings differ between runtimes and are refused.
/// </summary>
internal sealed class Cast(NodeReader node) : Kernel
{
    private readonly ElementType _to = TensorReader.TypeOf((int)node.Int("to", 0), "attribute 'to'");
    private readonly Func<long, long>? _narrow = Narrow((DataType)node.Int("to", 0));

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Type == _to) outputs[0].CopyFrom(input, input.Dims);
        else
        {
            outputs[0].Reset(_to, input.Dims);
            switch (input.Type)
            {
                case ElementType.Float: Each(input.Floats, outputs[0], static v => v, static v => (long)v); break;
                case ElementType.Double: Each(input.Doubles, outputs[0], static v => v, static v => (long)v); break;
                case ElementType.Boolean: Each(input.Booleans, outputs[0], static v => v ? 1 : 0, static v => v ? 1 : 0); break;
                case ElementType.Int64 when _to == ElementType.String: Texts(input.Longs, outputs[0].Strings); break;

                // Through double a large integer would be rounded twice.
                case ElementType.Int64 when _to == ElementType.Float: Floats(input.Longs, outputs[0].Floats); break;
                case ElementType.Int64: Each(input.Longs, outputs[0], static v => v, static v => v); break;
                default: throw new GraphFault($"a cast from {input.Type} to {_to} is not supported");
            }
        }
        if (_narrow is not null && _to == ElementType.Int64)
            foreach (ref var value in outputs[0].Longs) value = _narrow(value);
    }

    private void Each<TFrom>(ReadOnlySpan<TFrom> from, Tensor output, Func<TFrom, double> toDouble, Func<TFrom, long> toLong)
    {
        for (var i = 0; i < from.Length; i++)
        {
            switch (_to)
            {
                case ElementType.Float: output.Floats[i] = (float)toDouble(from[i]); break;
                case ElementType.Double: output.Doubles[i] = toDouble(from[i]); break;
                case ElementType.Int64: output.Longs[i] = toLong(from[i]); break;
                case ElementType.Boolean: output.Booleans[i] = toDouble(from[i]) != 0; break;
                default: throw new GraphFault($"a cast from {typeof(TFrom).Name} to {_to} is not supported");
            }
        }
    }

    private static void Floats(ReadOnlySpan<long> from, Span<float> to)
    {
        for (var i = 0; i < to.Length; i++) to[i] = from[i];
    }

    private static void Texts(ReadOnlySpan<long> from, Span<string> to)
    {
        for (var i = 0; i < to.Length; i++) to[i] = from[i].ToString(CultureInfo.InvariantCulture);
    }

    private static Func<long, long>? Narrow(DataType to) => to switch
    {
        DataType.Int32 => static v => unchecked((int)v),
        DataType.Uint32 => static v => unchecked((uint)v),
        DataType.Int16 => static v => unchecked((short)v),
        DataType.Uint16 => static v => unchecked((ushort)v),
        DataType.Int8 => static v => unchecked((sbyte)v),
        DataType.Uint8 => static v => unchecked((byte)v),
        _ => null,
    };
}
