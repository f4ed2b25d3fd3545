using System.Buffers.Binary;
using System.Text;
using Perennial.Learning.Onnx.Protos;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Turns a stored tensor into one to compute with: float, int64 (also from int32), string or bool.</summary>
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
        tensor.Reset(TypeOf(proto), dims);
        Fill(proto, tensor);
        return tensor;
    }

    public static ElementType TypeOf(int dataType, string what) => (DataType)dataType switch
    {
        DataType.Float => ElementType.Float,
        DataType.Int64 => ElementType.Int64,
        DataType.String => ElementType.String,
        DataType.Bool => ElementType.Boolean,
        _ => throw new GraphFault($"{what} has the element type {(DataType)dataType}; supported are Float, Int64, String and Bool"),
    };

    private static ElementType TypeOf(TensorProto proto) =>
        proto.DataType == (int)DataType.Int32 ? ElementType.Int64 : TypeOf(proto.DataType, $"tensor '{proto.Name}'");

    private static int StoredCount(TensorProto proto)
    {
        var (typed, size) = (DataType)proto.DataType switch
        {
            DataType.Float => (proto.FloatData.Count, sizeof(float)),
            DataType.Int64 => (proto.Int64Data.Count, sizeof(long)),
            DataType.Int32 => (proto.Int32Data.Count, sizeof(int)),
            DataType.Bool => (proto.Int32Data.Count, sizeof(byte)),
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
        switch ((DataType)proto.DataType)
        {
            case DataType.Float:
                var floats = tensor.Floats;
                for (var i = 0; i < floats.Length; i++)
                    floats[i] = raw.IsEmpty ? proto.FloatData[i] : BinaryPrimitives.ReadSingleLittleEndian(raw[(i * sizeof(float))..]);
                break;
            case DataType.Int64:
                var longs = tensor.Longs;
                for (var i = 0; i < longs.Length; i++)
                    longs[i] = raw.IsEmpty ? proto.Int64Data[i] : BinaryPrimitives.ReadInt64LittleEndian(raw[(i * sizeof(long))..]);
                break;
            case DataType.Int32:
                var widened = tensor.Longs;
                for (var i = 0; i < widened.Length; i++)
                    widened[i] = raw.IsEmpty ? proto.Int32Data[i] : BinaryPrimitives.ReadInt32LittleEndian(raw[(i * sizeof(int))..]);
                break;
            case DataType.Bool:
                var booleans = tensor.Booleans;
                for (var i = 0; i < booleans.Length; i++) booleans[i] = (raw.IsEmpty ? proto.Int32Data[i] : raw[i]) != 0;
                break;
            default:
                var strings = tensor.Strings;
                for (var i = 0; i < strings.Length; i++) strings[i] = Encoding.UTF8.GetString(proto.StringData[i].Span);
                break;
        }
    }
}
