using System.Text.Json.Nodes;
using Perennial.Learning.Frames;

namespace Perennial.Cli.Client;

/// <summary>Rows of a frame as the JSON objects that predict takes.</summary>
public static class FrameRows
{
    /// <summary>One row with the named columns; a missing value is a null.</summary>
    public static JsonObject Of(Frame frame, int row, IEnumerable<string> columns)
    {
        var json = new JsonObject();
        foreach (var name in columns)
            if (frame.Find(name) is { } column) json[name] = Value(column, row);
        return json;
    }

    /// <summary>One value; null where missing.</summary>
    public static JsonNode? Value(Column column, int row) => column.IsMissing(row) ? null : column switch
    {
        NumericColumn numbers => JsonValue.Create(numbers.Values[row]),
        BooleanColumn booleans => JsonValue.Create(booleans.Values[row] == 1),
        _ => JsonValue.Create(column.Format(row)),
    };
}
