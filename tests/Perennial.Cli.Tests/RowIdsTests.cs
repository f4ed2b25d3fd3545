using System.Text;
using Perennial.Cli.Client;
using Perennial.Cli.Commands;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Tests.Reading.Parquet;

namespace Perennial.Cli.Tests;

/// <summary>Ids that are in the rows, in some of them, or in none.</summary>
public sealed class RowIdsTests
{
    private static readonly ModelSpec Spec = SpecReader.Read("""{ "model": "churn", "label": "churned", "data": { "id": "customer" } }"""u8.ToArray(), "perennial.json").Value;
    private static readonly ModelSignature Signature = new(TaskKind.Binary, "churned", ["no", "yes"], 0.5, [new SignatureColumn("age", ColumnType.Numeric, Nullable: false)], []);

    [Theory]
    [InlineData("customer,age\n,30\nc-2,31\nc-3,70\n", "row 1")]
    [InlineData("customer,age\nc-1,30\n,31\n", "row 2")]
    [InlineData("customer,age\n,30\n,31\n", "row 1")]
    public void A_table_that_has_the_column_has_it_filled_in_every_row(string csv, string where) => Refused(DataFormat.Csv, csv, where);

    [Theory]
    [InlineData("""{ "age": 30 }""", """{ "customer": "c-2", "age": 31 }""", "line 1")]
    [InlineData("""{ "customer": null, "age": 30 }""", """{ "customer": "c-2", "age": 31 }""", "line 1")]
    [InlineData("""{ "customer": "c-1", "age": 30 }""", """{ "age": 31 }""", "line 2")]
    public void A_line_that_lacks_it_among_others_is_a_slip_whichever_it_is(string first, string second, string where)
    {
        Refused(DataFormat.Jsonl, first + "\n" + second + "\n", where);
        // However far apart they are.
        var ids = new RowIds("customer", RowIds.OfSpec, Signature);
        var rows = Rows(DataFormat.Jsonl, first + "\n" + second + "\n");
        Assert.Contains(where, Assert.Throws<UsageException>(() => rows.Chunk(1).Select(ids.Take).ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_the_column_are_named_by_the_host()
    {
        Assert.Null(Take(DataFormat.Csv, "age\n30\n31\n"));
        Assert.Null(Take(DataFormat.Jsonl, """{ "age": 30 }""" + "\n" + """{ "age": 31 }""" + "\n"));
        Assert.Equal(["007", "8"], Take(DataFormat.Csv, "customer,age\n007,30\n8,31\n"));
    }

    [Fact]
    public void Whole_numbers_of_a_table_with_types_are_ids_to_the_last_digit()
    {
        const int Int64 = 2;
        byte[]?[] numbers = [BitConverter.GetBytes(1234567890123456781), BitConverter.GetBytes(7L)];
        byte[]?[] ages = [BitConverter.GetBytes(30L), BitConverter.GetBytes(31L)];
        var file = new WrittenParquet(new Xoshiro256(1)).Write([new StoredColumn("customer", Int64, -1, numbers), new StoredColumn("age", Int64, -1, ages)], 2);
        var rows = Rows(DataFormat.Parquet, file);

        Assert.Equal(["1234567890123456781", "7"], new RowIds("customer", RowIds.OfSpec, Signature).Take(rows));
        Assert.All(rows, row => Assert.Equal("age", Assert.Single(row.Values).Key));
    }

    private static void Refused(DataFormat format, string text, string where) => Assert.Equal(
        $"rows, {where} has no 'customer', which data.id names. Give it in all rows, or --new-ids to have the host make ids.",
        Assert.Throws<UsageException>(() => Take(format, text)).Message);

    private static IReadOnlyList<string>? Take(DataFormat format, string text) => new RowIds("customer", RowIds.OfSpec, Signature).Take(Rows(format, text));

    private static InputRow[] Rows(DataFormat format, string text) => Rows(format, Encoding.UTF8.GetBytes(text));

    private static InputRow[] Rows(DataFormat format, byte[] file) =>
        [.. new InputRows("rows", Spec, Signature, "customer").Read(format, new MemoryStream(file), fromFile: true, CancellationToken.None)];
}
