using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Export;
using Perennial.Learning.Onnx.Protos;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx;

/// <summary>
/// Writes preprocessing and model as one ONNX graph from raw columns to scores (docs/onnx.md). The bytes depend on the model's value
/// alone: equal models give equal bytes on every machine.
/// </summary>
public static class OnnxExporter
{
    // Names stay readable; every reader of JSON takes them unescaped.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The graph's bytes. Text columns that no transform reads are left out, unless there is no other input.</summary>
    /// <exception cref="ArgumentException">
    /// No input is left, a transform reads a column that is no input or of another type, columns share a name, or task, classes and
    /// predictor do not fit each other.
    /// </exception>
    public static byte[] Export(FittedModel model)
    {
        var inputs = InputsOf(model);
        ExportChecks.Check(model, inputs);
        var graph = new GraphBuilder();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            var name = InputName(inputs[i].Name, i);
            names.Add(inputs[i].Name, name);
            graph.Graph.Input.Add(GraphBuilder.Value(name, TypeOf(inputs[i].Type), 1));
        }

        var features = new List<string>();
        foreach (var transform in model.Transforms)
            features.AddRange(TransformExport.Write(graph, transform, names[transform.Column]));
        var margins = PredictorExport.Margins(graph, model.Predictor, features, (names[inputs[0].Name], inputs[0].Type));
        PredictorExport.Link(graph, model, margins);
        graph.Graph.Output.Add(GraphBuilder.Value(OnnxContract.Scores, DataType.Float, model.Predictor.Outputs));
        if (model.Task != TaskKind.Regression) graph.Graph.Output.Add(GraphBuilder.Value(OnnxContract.Label, DataType.String, 1));
        return Model(model, inputs, names, graph.Graph).ToByteArray();
    }

    // A graph needs an input to tell how many rows it is given.
    private static ColumnSchema[] InputsOf(FittedModel model)
    {
        var read = model.Inputs.Where(c => c.Type != ColumnType.Text || model.Transforms.Any(t => t.Column == c.Name)).ToArray();
        return read.Length > 0 ? read : [.. model.Inputs];
    }

    private static ModelProto Model(FittedModel model, ColumnSchema[] inputs, Dictionary<string, string> names, GraphProto graph)
    {
        var proto = new ModelProto { IrVersion = OnnxContract.IrVersion, ProducerName = OnnxContract.Producer, Graph = graph };
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OnnxContract.Opset });
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxContract.MlDomain, Version = OnnxContract.MlOpset });
        if (graph.Node.Any(node => node.Domain == OnnxContract.MicrosoftDomain))
            proto.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxContract.MicrosoftDomain, Version = OnnxContract.MicrosoftOpset });
        AddMetadata(proto, OnnxContract.ClassesKey, writer =>
        {
            writer.WriteStartArray();
            foreach (var name in model.Classes) writer.WriteStringValue(name);
            writer.WriteEndArray();
        });
        AddMetadata(proto, OnnxContract.ColumnsKey, writer =>
        {
            writer.WriteStartArray();
            foreach (var column in inputs)
            {
                writer.WriteStartObject();
                writer.WriteString("input", names[column.Name]);
                writer.WriteString("name", column.Name);
                writer.WriteString("type", column.Type.ToString());
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
        proto.MetadataProps.Add(new StringStringEntryProto { Key = OnnxContract.TaskKey, Value = model.Task.ToString() });
        return proto;
    }

    private static void AddMetadata(ModelProto model, string key, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Json)) write(writer);
        model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = System.Text.Encoding.UTF8.GetString(stream.ToArray()) });
    }

    // A column keeps its name as an input unless the graph needs that name itself.
    private static string InputName(string column, int index) =>
        column is "" or OnnxContract.Scores or OnnxContract.Label || column.StartsWith(OnnxContract.Reserved, StringComparison.Ordinal)
            ? $"{OnnxContract.Reserved}input/{index}"
            : column;

    private static DataType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Numeric or ColumnType.Boolean => DataType.Float,
        ColumnType.Categorical or ColumnType.Text => DataType.String,
        ColumnType.Timestamp => DataType.Int64,
        _ => throw new ArgumentException($"A column of type {type} cannot be an input of a graph."),
    };
}
