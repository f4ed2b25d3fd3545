using System.Text.Json;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Serving;

public sealed class RequestReaderTests
{
    private static readonly ModelSignature Signature = new(
        TaskKind.Regression, "value", [], 0,
        [
            new SignatureColumn("number", ColumnType.Numeric, false),
            new SignatureColumn("flag", ColumnType.Boolean, true),
            new SignatureColumn("kind", ColumnType.Categorical, false, ["a"]),
            new SignatureColumn("note", ColumnType.Text, true),
            new SignatureColumn("day", ColumnType.Timestamp, true),
        ],
        ["cost"]);

    private const string Good = """{ "number": 1.5, "flag": true, "kind": "a", "note": "x", "day": "1996-02-29" }""";

    [Fact]
    public void Every_type_is_read_and_nulls_are_missing_where_allowed()
    {
        var frame = RequestReader.Read(Signature, [LiveModel.Json(Good), LiveModel.Json("""{ "number": -2, "flag": null, "kind": "new", "note": null, "day": null, "cost": 3, "value": 4 }""")]).Value;

        Assert.Equal([1.5, -2], ((NumericColumn)frame["number"]).Values.ToArray());
        Assert.Equal([1, -1], ((BooleanColumn)frame["flag"]).Values.ToArray());
        Assert.Equal("new", frame["kind"].Format(1));
        Assert.Equal("1996-02-29T00:00:00Z", frame["day"].Format(0));
        Assert.True(frame["note"].IsMissing(1));
        Assert.Equal(5, frame.Columns.Count);
    }

    [Fact]
    public void What_stood_for_missing_in_training_does_so_in_a_call_and_an_empty_text_always()
    {
        var signature = Signature with { Missing = ["?"], Inputs = [.. Signature.Inputs.Select(i => i.Name == "kind" ? i with { Nullable = true } : i with { Nullable = i.Nullable && i.Type != ColumnType.Text })] };

        var frame = RequestReader.Read(signature, [
            LiveModel.Json("""{ "number": 1, "flag": "?", "kind": "?", "note": null, "day": "" }"""),
            LiveModel.Json("""{ "number": 1, "flag": true, "kind": "", "note": "", "day": "?" }""")]).Value;

        Assert.All(new[] { "kind", "note", "day" }, column => Assert.True(frame[column].IsMissing(0) && frame[column].IsMissing(1)));
        Assert.Equal([-1, 1], ((BooleanColumn)frame["flag"]).Values.ToArray());
    }

    [Theory]
    [InlineData("2024-01-01 10:00:00", "2024-01-01T10:00:00Z")]
    [InlineData("2024/01/01", "2024-01-01T00:00:00Z")]
    [InlineData("8 Jan 1990", "1990-01-08T00:00:00Z")]
    public void Instants_are_spelled_as_in_files(string day, string read) =>
        Assert.Equal(read, RequestReader.Read(Signature, [LiveModel.Json(Good.Replace("1996-02-29", day, StringComparison.Ordinal))]).Value["day"].Format(0));

    [Theory]
    [InlineData("number", "\"1\"")]
    [InlineData("number", "true")]
    [InlineData("number", "1e999")]
    [InlineData("number", "null")]
    [InlineData("flag", "\"true\"")]
    [InlineData("flag", "1")]
    [InlineData("kind", "1")]
    [InlineData("kind", "true")]
    [InlineData("kind", "null")]
    [InlineData("note", "[]")]
    [InlineData("day", "\"29.2.1996\"")]
    [InlineData("day", "19960229")]
    [InlineData("unheard", "1")]
    public void A_wrong_value_is_a_fault_that_names_row_and_column(string column, string value)
    {
        var row = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Good)!;
        row[column] = LiveModel.Json(value);

        var problem = RequestReader.Read(Signature, [LiveModel.Json(Good), JsonSerializer.SerializeToElement(row)]).Problem!;

        Assert.Equal([$"rows[1].{column}"], problem.Faults!.Select(f => f.Where));
    }

    [Theory]
    [InlineData("""{ "number": 1, "flag": true, "kind": "a", "note": "x" }""", "rows[0].day")]
    [InlineData("""{ "number": 1, "number": 2, "flag": true, "kind": "a", "note": "x", "day": null }""", "rows[0].number")]
    [InlineData("[1]", "rows[0]")]
    [InlineData("null", "rows[0]")]
    public void A_row_of_another_shape_is_a_fault(string row, string where) =>
        Assert.Equal([where], RequestReader.Read(Signature, [LiveModel.Json(row)]).Problem!.Faults!.Select(f => f.Where));

    [Fact]
    public void An_instant_with_an_offset_is_kept_in_UTC()
    {
        var frame = RequestReader.Read(Signature, [LiveModel.Json(Good.Replace("1996-02-29", "1996-03-01T01:30:00+02:00", StringComparison.Ordinal))]).Value;

        Assert.Equal("1996-02-29T23:30:00Z", frame["day"].Format(0));
    }

    [Fact]
    public void No_more_than_a_hundred_faults_are_told()
    {
        var rows = Enumerable.Range(0, 500).Select(_ => LiveModel.Json("{}")).ToArray();

        Assert.Equal(100, RequestReader.Read(Signature, rows).Problem!.Faults!.Count);
    }
}
