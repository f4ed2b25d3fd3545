using System.Buffers.Binary;
using System.Text;
using Perennial.Learning.Onnx.Protos;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Turns a stored tensor into one to compute with: float, double, int64 (also from narrower integers), string or bool.</summary>
internal static class TensorReader
{
    public static Tensor Read(TensorProto proto)
    {
        if (proto.DataLocation != TensorProto.Types.DataLocation.Default)
            throw new GraphFault($"tensor '{proto.Name}' is stored outside the model, which is not supported");
        var tensor = new Tensor(null);
        var dims = new int[Math.Min(proto.Dims.Count, Limits.Rank + 1)];
        for (var i = 0; i < dims.Length; i++)
        {
            if (proto.Dims[i] is < 0 or > Limits.Elements) throw new GraphFault($"tensor '{proto.Name}' has a length of {proto.Dims[i]}");
            dims[i] = (int)proto.Dims[i];
        }

        // Before room is made for what the shape claims, the data must be there.
        var stored = StoredCount(proto);
        if (dims.Aggregate(1.0, (product, dim) => product * dim) != stored)
            throw new GraphFault($"tensor '{proto.Name}' has {stored} elements, which do not fit its shape [{string.Join(", ", dims)}]");
        tensor.Reset(TypeOf(proto.DataType, $"tensor '{proto.Name}'"), dims);
        Fill(proto, tensor);
        return tensor;
    }

    /// <summary>The type to compute with: integers of all widths but uint64 are int64.</summary>
    public static ElementType TypeOf(int dataType, string what) => (DataType)dataType switch
    {
        DataType.Float => ElementType.Float,
        DataType.Double => ElementType.Double,
        DataType.Int64 or DataType.Int32 or DataType.Int16 or DataType.Int8 or DataType.Uint8 or DataType.Uint16 or DataType.Uint32 => ElementType.Int64,
        DataType.String => ElementType.String,
        DataType.Bool => ElementType.Boolean,
        _ => throw new GraphFault(
            $"{what} has the element type {(DataType)dataType}; supported are Float, Double, String, Bool and integers of at most 64 bits with a sign"),
    };

    private static int StoredCount(TensorProto proto)
    {
        var (typed, size) = (DataType)proto.DataType switch
        {
            DataType.Float => (proto.FloatData.Count, sizeof(float)),
            DataType.Double => (proto.DoubleData.Count, sizeof(double)),
            DataType.Int64 => (proto.Int64Data.Count, sizeof(long)),
            DataType.Int32 => (proto.Int32Data.Count, sizeof(int)),
            DataType.Int16 or DataType.Uint16 => (proto.Int32Data.Count, sizeof(short)),
            DataType.Bool or DataType.Int8 or DataType.Uint8 => (proto.Int32Data.Count, sizeof(byte)),
            DataType.Uint32 => (proto.Uint64Data.Count, sizeof(uint)),
            DataType.String => (proto.StringData.Count, 0),
            _ => (0, 1),
        };
        if (proto.RawData.Length == 0 || size == 0) return typed;
        if (proto.RawData.Length % size != 0) throw new GraphFault($"tensor '{proto.Name}' has raw data that ends inside an element");
        return proto.RawData.Length / size;
    }

    private static void Fill(TensorProto proto, Tensor tensor)
    {
        var raw = proto.RawData.Span;
        switch (tensor.Type)
        {
            case ElementType.Float:
                var floats = tensor.Floats;
                for (var i = 0; i < floats.Length; i++)
                    floats[i] = raw.IsEmpty ? proto.FloatData[i] : BinaryPrimitives.ReadSingleLittleEndian(raw[(i * sizeof(float))..]);
                break;
            case ElementType.Double:
                var doubles = tensor.Doubles;
                for (var i = 0; i < doubles.Length; i++)
                    doubles[i] = raw.IsEmpty ? proto.DoubleData[i] : BinaryPrimitives.ReadDoubleLittleEndian(raw[(i * sizeof(double))..]);
                break;
            case ElementType.Int64:
                var longs = tensor.Longs;
                for (var i = 0; i < longs.Length; i++) longs[i] = raw.IsEmpty ? Typed(proto, i) : Raw((DataType)proto.DataType, raw, i);
                break;
            case ElementType.Boolean:
                var booleans = tensor.Booleans;
                for (var i = 0; i < booleans.Length; i++) booleans[i] = (raw.IsEmpty ? proto.Int32Data[i] : raw[i]) != 0;
                break;
            default:
                var strings = tensor.Strings;
                for (var i = 0; i < strings.Length; i++) strings[i] = Encoding.UTF8.GetString(proto.StringData[i].Span);
                break;
        }
    }

    private static long Typed(TensorProto proto, int index) => (DataType)proto.DataType switch
    {
        DataType.Int64 => proto.Int64Data[index],
        DataType.Uint32 => (uint)proto.Uint64Data[index],
        _ => proto.Int32Data[index],
    };

    private static long Raw(DataType type, ReadOnlySpan<byte> raw, int index) => type switch
    {
        DataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(raw[(index * sizeof(long))..]),
        DataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw[(index * sizeof(int))..]),
        DataType.Uint32 => BinaryPrimitives.ReadUInt32LittleEndian(raw[(index * sizeof(uint))..]),
        DataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(raw[(index * sizeof(short))..]),
        DataType.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(raw[(index * sizeof(ushort))..]),
        DataType.Int8 => (sbyte)raw[index],
        _ => raw[index],
    };
}
