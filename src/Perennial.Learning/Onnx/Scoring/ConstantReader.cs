namespace Perennial.Learning.Onnx.Scoring;

/// <summary>The value of a Constant node.</summary>
internal static class ConstantReader
{
    public static Tensor Read(NodeReader node)
    {
        if (node.Tensor("value") is { } stored) return TensorReader.Read(stored);
        var tensor = new Tensor(null);
        if (node.Has("value_float")) Fill(tensor, [node.Float("value_float", 0)], scalar: true);
        else if (node.Has("value_floats")) Fill(tensor, node.Floats("value_floats"));
        else if (node.Has("value_int")) Fill(tensor, [node.Int("value_int", 0)], scalar: true);
        else if (node.Has("value_ints")) Fill(tensor, node.Ints("value_ints"));
        else if (node.Has("value_string")) Fill(tensor, [node.Text("value_string", "")], scalar: true);
        else if (node.Has("value_strings")) Fill(tensor, node.Texts("value_strings"));
        else throw new GraphFault("none of the attributes value, value_float(s), value_int(s), value_string(s) is there");
        return tensor;
    }

    private static void Fill<T>(Tensor tensor, T[] values, bool scalar = false)
    {
        if (scalar) tensor.Reset(Tensor.TypeOf<T>());
        else tensor.Reset(Tensor.TypeOf<T>(), values.Length);
        values.CopyTo(tensor.Elements<T>());
    }
}
