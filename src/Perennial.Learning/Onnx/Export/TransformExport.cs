using Perennial.Learning.Features;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Export;

/// <summary>Writes a fitted transform as nodes: one float tensor [rows, features of the transform], or several of [rows, 1].</summary>
internal static class TransformExport
{
    public static IEnumerable<string> Write(GraphBuilder graph, FittedTransform transform, string input) => transform switch
    {
        NumberAsIs or BooleanAsIs => [input],
        ImputedScaled scaled => Scale(graph, scaled, input),
        BooleanIndicators => Indicators(graph, input),
        LevelCode code => [Code(graph, code.Levels, input)],
        OneHot hot => [Spread(graph, hot.Levels, input)],
        TermFrequencies terms => [TermExport.Write(graph, terms, input)],
        CalendarParts parts => CalendarExport.Write(graph, parts, input),
        _ => throw new ArgumentException($"The transform {transform.GetType().Name} of column '{transform.Column}' has no ONNX form."),
    };

    private static List<string> Scale(GraphBuilder graph, ImputedScaled transform, string input)
    {
        var missing = graph.Node("IsNaN", [input]);
        var filled = graph.Node("Where", [missing, graph.Float(transform.Fill), input]);
        var centred = graph.Node("Sub", [filled, graph.Float(transform.Mean)]);
        var scaled = graph.Node("Mul", [centred, graph.Float(transform.Scale)]);
        return transform.Indicator ? [scaled, graph.Cast(missing, DataType.Float)] : [scaled];
    }

    private static List<string> Indicators(GraphBuilder graph, string input)
    {
        var isTrue = graph.Node("Equal", [input, graph.Float(1)]);
        var missing = graph.Node("IsNaN", [input]);
        return [graph.Cast(isTrue, DataType.Float), graph.Cast(missing, DataType.Float)];
    }

    private static string Code(GraphBuilder graph, IReadOnlyList<string> levels, string input)
    {
        var (keys, codes) = KeysAndCodes(levels);
        return graph.MlNode("LabelEncoder", [input], null,
            GraphBuilder.Texts("keys_strings", keys),
            GraphBuilder.Singles("values_floats", codes.Select(c => (float)c)),
            GraphBuilder.Single("default_float", levels.Count));
    }

    private static string Spread(GraphBuilder graph, IReadOnlyList<string> levels, string input)
    {
        var (keys, codes) = KeysAndCodes(levels);
        var code = graph.MlNode("LabelEncoder", [input], null,
            GraphBuilder.Texts("keys_strings", keys),
            GraphBuilder.Ints("values_int64s", codes),
            GraphBuilder.Int("default_int64", levels.Count));
        var all = Enumerable.Range(0, levels.Count + 2).Select(c => (long)c).ToArray();
        return graph.Cast(graph.Node("Equal", [code, graph.Longs(all, 1, all.Length)]), DataType.Float);
    }

    // A level that is the empty string cannot be told from a missing value in a graph, so it has no key of its own.
    private static (List<string> Keys, List<long> Codes) KeysAndCodes(IReadOnlyList<string> levels)
    {
        var keys = new List<string>(levels.Count + 1) { OnnxContract.MissingText };
        var codes = new List<long>(levels.Count + 1) { levels.Count + 1 };
        for (var code = 0; code < levels.Count; code++)
        {
            if (levels[code] == OnnxContract.MissingText) continue;
            keys.Add(levels[code]);
            codes.Add(code);
        }
        return (keys, codes);
    }
}
