using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>Files of other writers against the same tables as CSV; how they were made is in Files/README.md.</summary>
public class ParquetFileTests
{
    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Reading", "Parquet", "Files", name);

    private static ReadResult Read(string name, ReadOptions? options = null)
    {
        using var file = File.OpenRead(PathOf(name + ".parquet"));
        return ParquetReader.Read(file, (options ?? new ReadOptions()) with { Source = name + ".parquet" });
    }

    private static Frame Csv(string name, IReadOnlyList<ColumnSchema> schema)
    {
        using var file = File.OpenRead(PathOf(name + ".csv"));
        return CsvReader.Read(file, new ReadOptions { Schema = schema }).Frame;
    }

    private static DataFormatException Fault(string name, ReadOptions? options = null) => Assert.Throws<DataFormatException>(() => Read(name, options));

    [Theory]
    [InlineData("duckdb-snappy")]
    [InlineData("duckdb-gzip")]
    [InlineData("duckdb-plain")]
    [InlineData("duckdb-delta")]
    public void Every_kind_of_column_is_what_the_csv_file_says(string name)
    {
        var frame = Read(name).Frame;
        var types = frame.Schema.ToLookup(s => s.Type, s => s.Name);
        Assert.Equal(["b"], types[ColumnType.Boolean]);
        Assert.Equal(["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "d4", "d15", "d38"], types[ColumnType.Numeric]);
        Assert.Equal(["day", "us", "ms", "s", "ns", "tz"], types[ColumnType.Timestamp]);
        Assert.Equal(["clock", "id", "mood", "word", "label"], types[ColumnType.Categorical].Concat(types[ColumnType.Text]).OrderBy(n => frame.Columns.Select(c => c.Name).ToList().IndexOf(n)));
        FrameBits.AssertEqual(Csv("kinds", frame.Schema), frame);
    }

    [Theory]
    [InlineData("arrow-rs-1-snappy")]
    [InlineData("arrow-rs-1-gzip")]
    [InlineData("arrow-rs-2-snappy")]
    [InlineData("arrow-rs-2-gzip")]
    [InlineData("arrow-rs-2-plain")]
    [InlineData("arrow-rs-2-delta")]
    public void Pages_of_both_versions_many_to_a_row_group_are_read(string name)
    {
        var frame = Read(name).Frame;
        Assert.Equal(
            [ColumnType.Numeric, ColumnType.Numeric, ColumnType.Numeric, ColumnType.Boolean, ColumnType.Timestamp, ColumnType.Categorical, ColumnType.Text],
            frame.Columns.Select(c => c.Type));
        FrameBits.AssertEqual(Csv("rows", frame.Schema), frame);
        FrameBits.AssertEqual(frame, Read(name, new ReadOptions { Threads = 3 }).Frame);
    }

    [Fact]
    public void Row_groups_follow_one_another()
    {
        var frame = Read("duckdb-row-groups").Frame;
        Assert.Equal(5000, frame.RowCount);
        FrameBits.AssertEqual(
            new Frame([
                new NumericColumn("i", [.. Enumerable.Range(0, 5000).Select(i => (double)i)]),
                new NumericColumn("few", [.. Enumerable.Range(0, 5000).Select(i => i % 11 == 3 ? double.NaN : i % 11)]),
                CategoricalColumn.From("k", [.. Enumerable.Range(0, 5000).Select(i => i % 500 == 0 ? null : $"k{i % 50}")])]),
            frame);
    }

    [Fact]
    public void A_declared_type_is_what_the_csv_spelling_would_give()
    {
        ColumnSchema[] schema = [new("i32", ColumnType.Text), new("i16", ColumnType.Categorical), new("b", ColumnType.Categorical), new("day", ColumnType.Text), new("d4", ColumnType.Numeric)];
        FrameBits.AssertEqual(Csv("kinds", schema), Read("duckdb-snappy", new ReadOptions { Schema = schema }).Frame);
    }

    [Fact]
    public void A_token_for_missing_is_one_in_numbers_too()
    {
        var frame = Read("duckdb-snappy", new ReadOptions { MissingTokens = new HashSet<string> { "", "50", "true", "sad" } }).Frame;
        Assert.True(frame["i8"].IsMissing(50));
        Assert.True(frame["b"].IsMissing(0));
        Assert.True(frame["mood"].IsMissing(1));
        Assert.Equal(["so so"], Enumerable.Range(0, 100).Select(frame["mood"].Format).Where(v => v is not null and not "glad").Distinct());
    }

    [Fact]
    public void What_does_not_fit_a_declared_type_makes_its_row_bad_and_is_named_by_row()
    {
        var options = new ReadOptions { Types = new Dictionary<string, ColumnType> { ["mood"] = ColumnType.Numeric } };
        var fault = Fault("duckdb-snappy", options);
        Assert.Equal(("bad-cell", 1, "mood"), (fault.Code, fault.Line, fault.Column));
        Assert.Contains("row 1", fault.Message, StringComparison.Ordinal);
        Assert.Equal("missing-column", Fault("duckdb-snappy", options with { Types = new Dictionary<string, ColumnType> { ["x"] = ColumnType.Numeric } }).Code);
    }

    [Theory]
    [InlineData("list", "nested-column", "list")]
    [InlineData("struct", "nested-column", "struct")]
    [InlineData("zstd", "unsupported-parquet", "a")]
    [InlineData("interval", "unsupported-parquet", "blob|span")]
    [InlineData("encrypted", "encrypted-parquet", null)]
    public void What_is_not_read_is_refused_naming_the_column(string name, string code, string? column)
    {
        var fault = Fault(name);
        Assert.Equal(code, fault.Code);
        Assert.Contains(fault.Column ?? "", (column ?? "").Split('|'));
        Assert.StartsWith($"{name}.parquet", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_not_wanted_may_be_of_any_kind()
    {
        var frame = Read("struct", new ReadOptions { Schema = [new("b", ColumnType.Numeric), new("a", ColumnType.Categorical)] }).Frame;
        Assert.Equal(["2", "1"], frame.Columns.Select(c => c.Format(0)));
    }

    [Fact]
    public void A_column_that_may_be_absent_is_missing_throughout()
    {
        ColumnSchema[] schema = [new("a", ColumnType.Numeric), new("no", ColumnType.Categorical)];
        Assert.Equal("missing-column", Fault("struct", new ReadOptions { Schema = schema }).Code);
        Assert.True(Read("struct", new ReadOptions { Schema = schema, AbsentIsMissing = true }).Frame["no"].IsMissing(0));
    }
}
