using System.Text.Json.Nodes;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>A graph with rows for its inputs, as another runtime can read them.</summary>
internal sealed record GoldenCase(byte[] Model, JsonArray Inputs)
{
    /// <summary>A case of an exported model; columns in the order of the graph's inputs.</summary>
    public static GoldenCase Of(FittedModel model, Frame rows)
    {
        var bytes = OnnxExporter.Export(model);
        var columns = OnnxModel.Load(bytes).Inputs.Select(c => rows[c.Name]);
        return new GoldenCase(bytes, new JsonArray([.. columns.Select(c => Input(TypeOf(c.Type), rows.RowCount, 1, r => Value(c, r)))]));
    }

    /// <summary>A case of a graph with one input of rows by columns.</summary>
    public static GoldenCase Of(byte[] model, string type, int columns, JsonNode?[] values) =>
        new(model, new JsonArray(Input(type, values.Length / columns, columns, i => values[i]?.DeepClone())));

    /// <summary>The rows as a frame for the scorer: the columns that it asks for, in the order of the graph's inputs.</summary>
    public static Frame Rows(byte[] model, JsonArray inputs)
    {
        var schema = OnnxModel.Load(model).Inputs;
        var columns = new List<Column>();
        foreach (var input in inputs)
        {
            var (width, values) = ((int)input!["columns"]!, input["values"]!.AsArray());
            for (var c = 0; c < width; c++)
            {
                var column = Enumerable.Range(0, values.Count / width).Select(r => values[r * width + c]);
                columns.Add(Column(schema[columns.Count], [.. column]));
            }
        }
        return new Frame(columns);
    }

    private static JsonObject Input(string type, int rows, int columns, Func<int, JsonNode?> value) => new()
    {
        ["type"] = type,
        ["columns"] = columns,
        ["values"] = new JsonArray([.. Enumerable.Range(0, rows * columns).Select(value)]),
    };

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Categorical or ColumnType.Text => "string",
        ColumnType.Timestamp => "int64",
        _ => "float",
    };

    // A missing number is null, a missing instant or text what the graph takes for one.
    private static JsonNode? Value(Column column, int row) => column switch
    {
        NumericColumn numeric => double.IsNaN(numeric.Values[row]) ? null : (double)(float)numeric.Values[row],
        BooleanColumn boolean => boolean.Values[row] < 0 ? null : (double)boolean.Values[row],
        TimestampColumn { Ticks: var ticks } when ticks[row] == TimestampColumn.Missing => long.MinValue.ToString(),
        TimestampColumn { Ticks: var ticks } => ((ticks[row] - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond).ToString(),
        _ => column.Format(row) ?? "",
    };

    private static Column Column(ColumnSchema schema, JsonNode?[] values) => schema.Type switch
    {
        ColumnType.Numeric => new NumericColumn(schema.Name, [.. values.Select(v => v is null ? double.NaN : (double)v)]),
        ColumnType.Boolean => new BooleanColumn(schema.Name, [.. values.Select(v => v is null ? BooleanColumn.Missing : (sbyte)(double)v)]),
        ColumnType.Timestamp => new TimestampColumn(schema.Name, [.. values.Select(v => Ticks(long.Parse((string)v!)))]),
        _ => CategoricalColumn.From(schema.Name, [.. values.Select(v => (string)v! == "" ? null : (string)v!)]),
    };

    private static long Ticks(long seconds) =>
        seconds == long.MinValue ? TimestampColumn.Missing : DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond;
}
