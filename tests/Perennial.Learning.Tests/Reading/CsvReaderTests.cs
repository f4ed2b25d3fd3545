using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

public class CsvReaderTests
{
    [Fact]
    public void Types_come_from_the_whole_file()
    {
        var read = Some.Csv("n,b,t,c\n1,true,1990-01-08,x\n+2e3,FALSE,1990-01-09T10:00:00Z,\n,,,y\n");
        Assert.Equal(
            [new("n", ColumnType.Numeric), new("b", ColumnType.Boolean), new("t", ColumnType.Timestamp), new("c", ColumnType.Categorical)],
            read.Frame.Schema);
        Assert.Equal(["1", "2000", null], Some.Cells(read.Frame, "n"));
        Assert.Equal(["true", "false", null], Some.Cells(read.Frame, "b"));
        Assert.Equal(["1990-01-08T00:00:00Z", "1990-01-09T10:00:00Z", null], Some.Cells(read.Frame, "t"));
        Assert.Equal(["x", null, "y"], Some.Cells(read.Frame, "c"));
        Assert.Equal("numeric: all 2 values parse; 1 missing", read.Columns[0].Reason);
    }

    [Fact]
    public void Quotes_hold_delimiters_quotes_and_line_ends()
    {
        var read = Some.Csv("a,\"b,c\"\r\n\"x,\"\"y\"\"\",\"one\r\ntwo\"\r\nplain,\"\"\"\"\r\n");
        Assert.Equal(["x,\"y\"", "plain"], Some.Cells(read.Frame, "a"));
        Assert.Equal(["one\r\ntwo", "\""], Some.Cells(read.Frame, "b,c"));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4")]
    [InlineData("a,b\r\n1,2\r\n3,4\r\n")]
    [InlineData("a,b\r1,2\r3,4\r")]
    [InlineData("\n\na,b\n\n1,2\r\n\r\n3,4\n\n")]
    [InlineData("\uFEFFa,b\n1,2\n3,4\n")]
    public void Line_ends_empty_lines_and_a_byte_order_mark_do_not_matter(string text)
    {
        var frame = Some.Csv(text).Frame;
        Assert.Equal(["1", "3"], Some.Cells(frame, "a"));
        Assert.Equal(["2", "4"], Some.Cells(frame, "b"));
    }

    [Fact]
    public void None_is_a_value_until_it_is_declared_missing()
    {
        const string Text = "damage,cost\nNone,1\nSome,NA\nNone,3\n";
        var inferred = Some.Csv(Text);
        Assert.Equal(["None", "Some", "None"], Some.Cells(inferred.Frame, "damage"));
        Assert.Equal(ColumnType.Categorical, inferred.Frame["cost"].Type);
        Assert.Contains("2 distinct values are numbers, but at line 3 'NA' is not a number", inferred.Columns[1].Hints[0], StringComparison.Ordinal);
        var declared = Some.Csv(Text, new ReadOptions { MissingTokens = new HashSet<string> { "", "NA" } });
        Assert.Equal(["1", null, "3"], Some.Cells(declared.Frame, "cost"));
        Assert.Equal(0, declared.Frame["damage"].CountMissing());
    }

    [Theory]
    [InlineData("nan", "not a finite number")]
    [InlineData("-inf", "not a finite number")]
    [InlineData("1e999", "too large")]
    [InlineData("\"1,234\"", "separators")]
    public void What_is_no_finite_number_makes_a_column_categorical_and_a_declared_one_bad(string cell, string why)
    {
        var text = $"x\n1\n{cell}\n3\n";
        var inferred = Some.Csv(text);
        Assert.Equal(ColumnType.Categorical, inferred.Frame["x"].Type);
        Assert.Contains(why, inferred.Columns[0].Hints[0], StringComparison.Ordinal);
        var options = new ReadOptions { Types = new Dictionary<string, ColumnType> { ["x"] = ColumnType.Numeric } };
        var fault = Some.CsvFault(text, options);
        Assert.Equal(("bad-cell", 3L, "x"), (fault.Code, fault.Line, fault.Column));
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        var lenient = Some.Csv(text, options with { MaxBadRows = 1 });
        Assert.Equal(["1", "3"], Some.Cells(lenient.Frame, "x"));
        Assert.Equal((3L, "x"), (lenient.BadRows[0].Line, lenient.BadRows[0].Column));
    }

    [Fact]
    public void A_declared_schema_chooses_the_columns_and_their_order()
    {
        var read = Some.Csv("a,b,c\n1,2,3\n", new ReadOptions { Schema = [new("c", ColumnType.Categorical), new("a", ColumnType.Numeric)] });
        Assert.Equal([new("c", ColumnType.Categorical), new("a", ColumnType.Numeric)], read.Frame.Schema);
        Assert.Equal("missing-column", Some.CsvFault("a\n1\n", new ReadOptions { Schema = [new("z", ColumnType.Text)] }).Code);
    }

    [Fact]
    public void A_schema_that_names_a_column_twice_is_a_mistake_of_the_caller()
    {
        var options = new ReadOptions { Schema = [new("a", ColumnType.Numeric), new("a", ColumnType.Text)] };
        Assert.Throws<ArgumentException>(() => Some.Csv("a\n1\n", options));
    }

    [Fact]
    public void A_column_without_values_is_categorical_and_says_so()
    {
        var read = Some.Csv("a,b\n1,\n2,\n");
        Assert.Equal(0, ((CategoricalColumn)read.Frame["b"]).Levels.Length);
        Assert.Contains("every value is missing", read.Columns[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Leading_zeros_are_hinted_at()
    {
        var report = Some.Csv("zip\n01234\n99999\n").Columns[0];
        Assert.Equal(ColumnType.Numeric, report.Type);
        Assert.Contains("declare the column categorical", report.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_quarter_of_a_million_categories_become_text()
    {
        var text = new StringBuilder("id,k\n");
        for (var i = 0; i < 250_000; i++) text.Append("u").Append(i).Append(",x\n");
        var read = Some.Csv(text.ToString(), new ReadOptions { BufferBytes = 1 << 16 });
        Assert.Equal(ColumnType.Text, read.Frame["id"].Type);
        Assert.Equal("u249999", read.Frame["id"].Format(249_999));
        Assert.Null(read.Columns[0].Distinct);
        Assert.Equal(ColumnType.Categorical, read.Frame["k"].Type);
    }

    [Fact]
    public void A_number_column_that_outgrows_the_dictionary_keeps_every_value()
    {
        var text = new StringBuilder("x,y\n");
        for (var i = 0; i < 20_000; i++) text.Append(i % 7 == 0 ? "" : i + ".5").Append(",1\n");
        var read = Some.Csv(text.ToString(), new ReadOptions { BufferBytes = 1 << 16 });
        var values = ((NumericColumn)read.Frame["x"]).Values;
        for (var i = 0; i < 20_000; i++) Assert.Equal(i % 7 == 0 ? double.NaN : i + 0.5, values[i]);
    }

    [Fact]
    public void A_late_word_after_thousands_of_numbers_loses_no_number()
    {
        var text = new StringBuilder("x,y\n");
        for (var i = 0; i < 20_000; i++) text.Append("0").Append(i).Append(",1\n");
        text.Append("end,1\n");
        var read = Some.Csv(text.ToString(), new ReadOptions { BufferBytes = 1 << 16 });
        Assert.Equal(ColumnType.Text, read.Frame["x"].Type);
        Assert.Equal("019999", read.Frame["x"].Format(19_999));
        Assert.Contains("line 20,002", read.Columns[0].Hints[0], StringComparison.Ordinal);
    }
}
