using System.Globalization;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Storage;

/// <summary>What every table store does.</summary>
public abstract class TableStoreContract
{
    protected abstract ITableStore Tables { get; }

    [Fact]
    public async Task An_entity_comes_back_with_its_properties_and_ETag()
    {
        var result = await Write(TableOperation.Insert("r", Properties("a", "1", "b", "zwei ✓")));
        var entity = await Get("r");
        Assert.NotNull(entity);
        Assert.Equal(("p", "r"), (entity.Partition, entity.Row));
        Assert.Equal(result.ETags.Single(), entity.ETag);
        Assert.Equal(Properties("a", "1", "b", "zwei ✓"), entity.Properties);
    }

    [Fact]
    public async Task A_missing_entity_is_null()
    {
        Assert.Null(await Get("r"));
        Assert.Empty((await Tables.Query(new TableQuery("things", "p"))).Entities);
    }

    [Fact]
    public async Task Every_table_that_holds_an_entity_is_listed_in_order()
    {
        foreach (var table in new[] { "zebras", "apes", "things" }) await Tables.Write(table, "p", [TableOperation.Insert("r", Properties("a", "1"))]);
        await Tables.Write("apes", "p", [TableOperation.Insert("s", Properties("a", "1"))]);
        Assert.Equal(["apes", "things", "zebras"], await Tables.Tables().ToArrayAsync());
    }

    [Fact]
    public async Task Entities_of_other_tables_and_partitions_are_others()
    {
        await Write(TableOperation.Insert("r", Properties("a", "1")));
        Assert.Null(await Tables.Get("things", "q", "r"));
        Assert.Null(await Tables.Get("others", "p", "r"));
    }

    [Fact]
    public async Task An_insert_fails_where_the_row_is_there()
    {
        await Write(TableOperation.Insert("r", Properties("a", "1")));
        var result = await Write(TableOperation.Insert("r", Properties("a", "2")));
        Assert.False(result.Succeeded);
        Assert.Equal(0, result.FailedOperation);
        Assert.Equal("1", (await Get("r"))!.Properties["a"]);
    }

    [Fact]
    public async Task A_replace_needs_the_ETag_and_replaces_whole()
    {
        var first = (await Write(TableOperation.Insert("r", Properties("a", "1", "b", "1")))).ETags[0];
        var second = (await Write(TableOperation.Replace("r", Properties("a", "2"), first))).ETags[0];
        Assert.NotEqual(first, second);
        Assert.False((await Write(TableOperation.Replace("r", Properties("a", "3"), first))).Succeeded);
        Assert.Equal(Properties("a", "2"), (await Get("r"))!.Properties);
        Assert.True((await Write(TableOperation.Replace("r", Properties("a", "4"), "*"))).Succeeded);
        Assert.False((await Write(TableOperation.Replace("none", Properties("a", "4"), "*"))).Succeeded);
        Assert.False((await Write(TableOperation.Replace("none", Properties("a", "4"), first))).Succeeded);
    }

    [Fact]
    public async Task An_upsert_writes_always()
    {
        var first = (await Write(TableOperation.Upsert("r", Properties("a", "1", "b", "1")))).ETags[0];
        var second = (await Write(TableOperation.Upsert("r", Properties("a", "1")))).ETags[0];
        Assert.NotEqual(first, second);
        Assert.Equal(Properties("a", "1"), (await Get("r"))!.Properties);
    }

    [Fact]
    public async Task A_delete_needs_the_ETag_and_the_row_is_gone()
    {
        var etag = (await Write(TableOperation.Insert("r", Properties("a", "1")))).ETags[0];
        Assert.False((await Write(TableOperation.Delete("r", etag + "0"))).Succeeded);
        var result = await Write(TableOperation.Delete("r", etag));
        Assert.Equal([""], result.ETags);
        Assert.Null(await Get("r"));
        Assert.False((await Write(TableOperation.Delete("r", "*"))).Succeeded);
        Assert.NotEqual(etag, (await Write(TableOperation.Insert("r", Properties("a", "1")))).ETags[0]);
    }

    [Fact]
    public async Task A_batch_is_done_whole_or_not_at_all()
    {
        var etag = (await Write(TableOperation.Insert("counter", Properties("n", "1")))).ETags[0];
        var done = await Write(
            TableOperation.Replace("counter", Properties("n", "2"), etag),
            TableOperation.Insert("v1", Properties("x", "1")),
            TableOperation.Upsert("v2", Properties("x", "2")));
        Assert.True(done.Succeeded);
        Assert.Equal(3, done.ETags.Distinct().Count());
        var refused = await Write(
            TableOperation.Upsert("v2", Properties("x", "3")),
            TableOperation.Insert("v3", Properties("x", "3")),
            TableOperation.Replace("counter", Properties("n", "3"), etag));
        Assert.Equal(2, refused.FailedOperation);
        Assert.Empty(refused.ETags);
        Assert.Equal("2", (await Get("v2"))!.Properties["x"]);
        Assert.Null(await Get("v3"));
    }

    [Fact]
    public async Task Of_many_writers_with_one_ETag_one_wins()
    {
        var etag = (await Write(TableOperation.Insert("r", Properties("a", "0")))).ETags[0];
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            Write(TableOperation.Replace("r", Properties("a", i.ToString(CultureInfo.InvariantCulture)), etag)))));
        Assert.Single(results, result => result.Succeeded);
    }

    [Fact]
    public async Task A_counter_raised_by_many_loses_no_step()
    {
        await Write(TableOperation.Insert("r", Properties("n", "0")));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var steps = 0; steps < 10;)
            {
                var entity = (await Get("r"))!;
                var next = int.Parse(entity.Properties["n"], CultureInfo.InvariantCulture) + 1;
                var properties = Properties("n", next.ToString(CultureInfo.InvariantCulture));
                if ((await Write(TableOperation.Replace("r", properties, entity.ETag))).Succeeded) steps++;
            }
        })));
        Assert.Equal("60", (await Get("r"))!.Properties["n"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task A_query_goes_through_a_range_in_ordinal_order(int take)
    {
        string[] rows = ["B", "a", "a b", "a-", "a0", "a1", "a10", "a2", "b", "~"];
        foreach (var row in rows.Reverse()) await Write(TableOperation.Insert(row, Properties("x", row)));
        await Tables.Write("things", "o", [TableOperation.Insert("z", Properties("x", "z"))]);
        await Tables.Write("things", "q", [TableOperation.Insert("a", Properties("x", "a"))]);
        Assert.Equal(rows.Select(row => $"p {row}"), await All(new TableQuery("things", "p", Take: take)));
        Assert.Equal(["p a0", "p a1", "p a10"], await All(new TableQuery("things", "p", "a0", "a2", take)));
        Assert.Equal(["p b", "p ~"], await All(new TableQuery("things", "p", "a3", null, take)));
        Assert.Equal(["p B"], await All(new TableQuery("things", "p", null, "a", take)));
        Assert.Equal(["o z", .. rows.Select(row => $"p {row}"), "q a"], await All(new TableQuery("things", null, Take: take)));
    }

    [Fact]
    public async Task A_query_goes_on_rightly_when_rows_come_and_go_between_its_pages()
    {
        foreach (var row in new[] { "b", "d", "f", "h" }) await Write(TableOperation.Insert(row, Properties("x", row)));
        var page = await Tables.Query(new TableQuery("things", "p", Take: 2));
        await Write(TableOperation.Insert("a", Properties("x", "a")), TableOperation.Delete("d", "*"), TableOperation.Insert("e", Properties("x", "e")));
        var rest = await Tables.Query(new TableQuery("things", "p", Take: 10, Continuation: page.Continuation));
        Assert.Equal(["e", "f", "h"], rest.Entities.Select(entity => entity.Row));
        Assert.Null(rest.Continuation);
    }

    [Fact]
    public async Task Broken_limits_are_named()
    {
        await Refused("table name", () => Tables.Write("a", "p", [TableOperation.Upsert("r", Properties())]));
        await Refused("partition key", () => Tables.Write("things", "p/q", [TableOperation.Upsert("r", Properties())]));
        await Refused("row key", () => Write(TableOperation.Upsert(new string('r', 513), Properties())));
        await Refused("row key", () => Write(TableOperation.Upsert("ü", Properties())));
        await Refused("100", () => Write([.. Enumerable.Range(0, 101).Select(i => TableOperation.Upsert($"r{i}", Properties()))]));
        await Refused("twice", () => Write(TableOperation.Upsert("r", Properties()), TableOperation.Delete("r", "*")));
        await Refused("65536", () => Write(TableOperation.Upsert("r", Properties("a", new string('x', 32769)))));
        await Refused("1048576", () => Write(TableOperation.Upsert("r", Many(17, 32768))));
        await Refused("120 bytes", () => Write(TableOperation.Upsert("r", Properties(new string('n', 121), "1"))));
        await Refused("252", () => Write(TableOperation.Upsert("r", Many(253, 1))));
        await Refused("4194304", () => Write([.. Enumerable.Range(0, 5).Select(i => TableOperation.Upsert($"r{i}", Many(15, 32000)))]));
        await Refused("1000", () => Tables.Query(new TableQuery("things", "p", Take: 1001)));
        await Refused("partition", () => Tables.Query(new TableQuery("things", null, RowFrom: "a")));
        Assert.Null(await Get("r"));
    }

    private static async Task Refused(string named, Func<Task> action) =>
        Assert.Contains(named, (await Assert.ThrowsAsync<ArgumentException>(action)).Message, StringComparison.Ordinal);

    private static Dictionary<string, string> Many(int count, int length) =>
        Enumerable.Range(0, count).ToDictionary(i => $"p{i}", _ => new string('x', length));

    private static Dictionary<string, string> Properties(params string[] pairs) =>
        pairs.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    private Task<BatchResult> Write(params TableOperation[] operations) => Tables.Write("things", "p", operations);

    private Task<TableEntity?> Get(string row) => Tables.Get("things", "p", row);

    private async Task<List<string>> All(TableQuery query)
    {
        var found = new List<string>();
        do
        {
            var page = await Tables.Query(query);
            Assert.True(page.Entities.Count <= query.Take);
            found.AddRange(page.Entities.Select(entity => $"{entity.Partition} {entity.Row}"));
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        return found;
    }
}
