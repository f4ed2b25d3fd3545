using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

public class JsonLinesReaderTests
{
    [Fact]
    public void Keys_become_columns_when_they_appear_and_are_missing_before()
    {
        var read = Some.Json("""
            {"a":1,"b":"x"}

            {"b":null,"c":true}
            {"c":false,"a":-2.5e1,"t":"1990-01-08"}
            """);
        Assert.Equal(
            [new("a", ColumnType.Numeric), new("b", ColumnType.Categorical), new("c", ColumnType.Boolean), new("t", ColumnType.Timestamp)],
            read.Frame.Schema);
        Assert.Equal(["1", null, "-25"], Some.Cells(read.Frame, "a"));
        Assert.Equal(["x", null, null], Some.Cells(read.Frame, "b"));
        Assert.Equal([null, "true", "false"], Some.Cells(read.Frame, "c"));
    }

    [Theory]
    [InlineData("", "empty-file", null, null)]
    [InlineData("{\"a\":1}\n{\"a\":\n", "invalid-json", 2, null)]
    [InlineData("{\"a\":1}\n{\"a\":1} x\n", "invalid-json", 2, null)]
    [InlineData("{\"a\":1}\n[1]\n", "not-an-object", 2, null)]
    [InlineData("5\n", "not-an-object", 1, null)]
    [InlineData("{\"a\":1}\n{\"a\":{\"b\":1}}\n", "nested-value", 2, "a")]
    [InlineData("{\"a\":1,\"b\":2,\"a\":3}\n", "duplicate-key", 1, "a")]
    [InlineData("{\"a\":1,\"\\u0061\":3}\n", "duplicate-key", 1, "a")]
    [InlineData("{\"a\":\"\\ud800\"}\n", "invalid-json", 1, null)]
    [InlineData("{\"a\":\"\0\"}\n", "nul-byte", 1, null)]
    public void Each_fault_names_its_line(string text, string code, int? line, string? column)
    {
        var fault = Some.JsonFault(text);
        Assert.Equal((code, line, column), (fault.Code, fault.Line, fault.Column));
    }

    [Fact]
    public void A_depth_bomb_is_one_bad_row()
    {
        var bomb = "{\"a\":" + new string('[', 500_000);
        var read = Some.Json("{\"a\":1}\n" + bomb + "\n{\"a\":2}\n", new ReadOptions { MaxBadRows = 1 });
        Assert.Equal(["1", "2"], Some.Cells(read.Frame, "a"));
        Assert.Equal("nested-value", read.BadRows[0].Code);
        Assert.Equal("not-an-object", Some.JsonFault(new string('[', 500_000)).Code);
    }

    [Fact]
    public void A_bad_line_leaves_nothing_behind()
    {
        var read = Some.Json("{\"a\":1}\n{\"a\":2,\"ghost\":1,\"c\":[]}\n{\"a\":3,\"d\":1}\n", new ReadOptions { MaxBadRows = 1 });
        Assert.Equal(["a", "d"], read.Frame.Columns.Select(c => c.Name));
        Assert.Equal([null, "1"], Some.Cells(read.Frame, "d"));
    }

    [Fact]
    public void A_type_that_changes_makes_strings_and_says_where()
    {
        var read = Some.Json("{\"a\":1,\"zip\":\"01234\"}\n{\"a\":\"1\",\"zip\":\"99999\"}\n");
        Assert.Equal(ColumnType.Categorical, read.Frame["a"].Type);
        Assert.Contains("the JSON type changes at line 2", read.Columns[0].Hints[^1], StringComparison.Ordinal);
        Assert.Equal(ColumnType.Categorical, read.Frame["zip"].Type);
    }

    [Fact]
    public void A_declared_type_reads_what_a_string_spells()
    {
        var read = Some.Json("{\"a\":\"1.5\",\"b\":7}\n", new ReadOptions { Schema = [new("a", ColumnType.Numeric)] });
        Assert.Equal(["1.5"], Some.Cells(read.Frame, "a"));
        Assert.Equal("missing-column", Some.JsonFault("{\"a\":1}\n", new ReadOptions { Schema = [new("z", ColumnType.Numeric)] }).Code);
    }

    [Fact]
    public void One_array_in_one_line_is_told_to_be_lines()
    {
        var fault = Some.JsonFault("[" + new string(' ', 2000), new ReadOptions { MaxLineBytes = 1000 });
        Assert.Equal("line-too-long", fault.Code);
        Assert.Contains("one JSON array", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_used_as_values_are_stopped()
    {
        var lines = string.Concat(Enumerable.Range(0, 20).Select(i => $"{{\"k{i}\":1}}\n"));
        Assert.Equal("too-many-columns", Some.JsonFault(lines, new ReadOptions { MaxColumns = 10 }).Code);
    }
}
