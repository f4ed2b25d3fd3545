using System.Text.Json;
using Google.Protobuf;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Explanations;

/// <summary>
/// The features that a graph computes of its raw columns. Each part of the feature vector is cut out as a graph of its own and run: the
/// features are those of the graph itself, whatever transforms it is made of.
/// </summary>
internal sealed class GraphFeatures
{
    // More than any graph has that is exported here: those from elsewhere shall not cost more.
    private const int MostParts = 200_000;
    private const long MostNodes = 1L << 22;

    private readonly (OnnxModel Model, int Width)[] _parts;

    private GraphFeatures(List<OnnxModel> parts)
    {
        var widths = parts.Distinct().ToDictionary(part => part, WidthOf);
        _parts = [.. parts.Select(part => (part, widths[part]))];
        Columns = [.. parts.Select(part => part.Inputs[0].Name).Distinct(StringComparer.Ordinal)];
        var places = Columns.Index().ToDictionary(column => column.Item, column => column.Index, StringComparer.Ordinal);
        ColumnOf = [.. _parts.SelectMany(part => Enumerable.Repeat(places[part.Model.Inputs[0].Name], part.Width))];
    }

    /// <summary>The raw columns behind the features, in the order of the features.</summary>
    public string[] Columns { get; }

    /// <summary>Feature by feature the index of its column.</summary>
    public int[] ColumnOf { get; }

    /// <param name="graph">The graph.</param>
    /// <param name="vector">The name of the feature vector.</param>
    /// <exception cref="NotExplainableException">A part of the vector is made of several columns.</exception>
    public static GraphFeatures Read(GraphNodes graph, string vector)
    {
        var parts = new List<OnnxModel>();
        var known = new Dictionary<string, OnnxModel>(StringComparer.Ordinal);
        var columns = ColumnEntries(graph.Model);
        var work = 0L;
        foreach (var part in Parts(graph, vector))
        {
            if (!known.TryGetValue(part, out var model))
            {
                var nodes = graph.Behind(part);
                work += nodes.Sum(node => 1L + node.Input.Count);
                if (work > MostNodes) throw new NotExplainableException("Its features are made by too many nodes.");
                var inputs = nodes.SelectMany(node => node.Input).Append(part).Where(graph.Inputs.ContainsKey).Distinct(StringComparer.Ordinal).ToArray();
                if (inputs.Length != 1) throw new NotExplainableException($"Its features are made of {inputs.Length} columns at once.");
                known.Add(part, model = Cut(graph, part, nodes, inputs[0], columns.GetValueOrDefault(inputs[0])));
            }
            parts.Add(model);
        }
        return new GraphFeatures(parts);
    }

    /// <summary>The features of every row, row-major.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public float[] Of(Frame rows)
    {
        var width = ColumnOf.Length;
        var features = new float[rows.RowCount * width];
        var first = 0;
        foreach (var (model, count) in _parts)
        {
            var values = model.Score(rows).Values;
            for (var row = 0; row < rows.RowCount; row++)
                for (var f = 0; f < count; f++) features[(row * width) + first + f] = (float)values[(row * count) + f];
            first += count;
        }
        return features;
    }

    // Concats may stand in Concats as deep as there are nodes.
    private static List<string> Parts(GraphNodes graph, string vector)
    {
        var parts = new List<string>();
        var open = new Stack<string>([vector]);
        var met = 1L;
        while (open.TryPop(out var part))
        {
            if (graph.MakerOf(part) is not { OpType: "Concat" } concat || !concat.Attribute.Any(a => a.Name == "axis" && a.I is 1 or -1))
            {
                parts.Add(part);
                continue;
            }
            met += concat.Input.Count;
            if (met > MostParts) throw new NotExplainableException("Its features have too many parts.");
            for (var i = concat.Input.Count - 1; i >= 0; i--) open.Push(concat.Input[i]);
        }
        return parts;
    }

    private static OnnxModel Cut(GraphNodes graph, string part, IReadOnlyList<NodeProto> nodes, string input, string? column)
    {
        var cut = new ModelProto { IrVersion = graph.Model.IrVersion, Graph = new GraphProto { Name = OnnxContract.Producer } };
        cut.OpsetImport.Add(graph.Model.OpsetImport);
        cut.Graph.Input.Add(graph.Inputs[input]);
        cut.Graph.Node.Add(nodes);
        cut.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { part }, Output = { OnnxContract.Reserved + "part" } });
        cut.Graph.Initializer.Add(nodes.SelectMany(node => node.Input).Distinct(StringComparer.Ordinal).Select(graph.Constant).OfType<TensorProto>());
        var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } };
        cut.Graph.Output.Add(new ValueInfoProto { Name = OnnxContract.Reserved + "part", Type = type });
        if (column is not null) cut.MetadataProps.Add(new StringStringEntryProto { Key = OnnxContract.ColumnsKey, Value = column });
        try
        {
            var model = OnnxModel.Load(cut.ToByteArray());
            return model.Inputs.Count == 1 ? model : throw new NotExplainableException($"Its input '{input}' holds {model.Inputs.Count} columns.");
        }
        catch (OnnxFormatException exception)
        {
            throw new NotExplainableException($"The features of '{input}' cannot be computed: {exception.Message}", exception);
        }
    }

    // Which columns the inputs are, as the whole graph's metadata say it.
    private static Dictionary<string, string> ColumnEntries(ModelProto model)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (model.MetadataProps.FirstOrDefault(p => p.Key == OnnxContract.ColumnsKey) is not { } columns) return entries;
        using var document = JsonDocument.Parse(columns.Value);
        foreach (var column in document.RootElement.EnumerateArray()) entries.TryAdd(column.GetProperty("input").GetString() ?? "", $"[{column.GetRawText()}]");
        return entries;
    }

    private static int WidthOf(OnnxModel part)
    {
        var (name, type) = part.Inputs[0];
        Column missing = type switch
        {
            ColumnType.Numeric => new NumericColumn(name, [double.NaN]),
            ColumnType.Boolean => new BooleanColumn(name, [BooleanColumn.Missing]),
            ColumnType.Timestamp => new TimestampColumn(name, [TimestampColumn.Missing]),
            _ => new TextColumn(name, [null]),
        };
        return part.Score(new Frame([missing], 1)).Outputs;
    }
}
