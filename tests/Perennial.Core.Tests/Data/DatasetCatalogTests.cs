using System.IO.Compression;
using System.Text;
using Perennial.Contracts.Fakes;
using Perennial.Core.Data;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Serving;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Data;

public class DatasetCatalogTests
{
    private static readonly ModelSpec Spec = new() { Model = "birds", Label = "damaged", Data = new DataSpec { Time = "day" } };

    private readonly InMemoryContentStore _content = new();
    private readonly InMemoryTableStore _tables = new();
    private readonly DatasetCatalog _catalog;

    public DatasetCatalogTests() => _catalog = new DatasetCatalog(_content, _tables, new MovableClock(DateTimeOffset.UnixEpoch));

    [Fact]
    public async Task A_file_is_stored_once_and_keeps_its_id()
    {
        var first = (await Add(Some.Csv(60))).Value;
        var again = (await Add(Some.Csv(60))).Value;

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(60, first.Rows);
        Assert.Equal(ColumnType.Timestamp, first.Columns.Single(c => c.Name == "day").Type);
        Assert.Single(await _catalog.List("birds"));
        Assert.Equal(first.Columns, (await _catalog.Find("birds", first.Id))!.Columns);
    }

    [Fact]
    public async Task Rows_come_back_as_they_were_sent()
    {
        var dataset = (await Add(Some.Csv(60))).Value;
        var frame = await _catalog.Read(dataset);

        Assert.Equal((60, "speed-37"), (frame.RowCount, $"{frame.Columns[1].Name}-{frame["speed"].Format(1)}"));
    }

    /// <summary>A floor of another task's metric was found when all was trained, a monitor's never.</summary>
    [Fact]
    public async Task Metrics_of_another_task_than_the_labels_are_refused_with_the_rows()
    {
        var spec = Spec with { Gates = new GatesSpec { Floor = new Dictionary<string, double> { ["rmse"] = 3 } }, Monitor = new MonitorSpec { Metric = "macroF1" } };

        var problem = (await _catalog.Add("birds", spec, new MemoryStream(Encoding.UTF8.GetBytes(Some.Csv(60))), "birds.csv", DatasetOrigin.Upload)).Problem!;

        Assert.Equal("metric-unknown", problem.Code);
        Assert.StartsWith("birds.csv: by its label 'damaged' the task is binary, which does not have the metric 'rmse' (gates.floor.rmse) or 'macroF1' (monitor.metric). The metrics of a binary task are rocAuc, ", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(["perennial.json ($.gates.floor.rmse)", "perennial.json ($.monitor.metric)"], problem.Faults!.Select(f => f.Where));
        Assert.Empty(await _catalog.List("birds"));
    }

    [Theory]
    [InlineData("rows.parquet", DataFormat.Parquet)]
    [InlineData("rows.csv", DataFormat.Parquet)]
    [InlineData("rows.jsonl.gz", DataFormat.Jsonl)]
    [InlineData("rows.NDJSON", DataFormat.Jsonl)]
    [InlineData("rows.csv.gz", DataFormat.Csv)]
    [InlineData("rows", DataFormat.Csv)]
    public async Task A_file_is_read_by_what_its_bytes_and_its_name_say(string name, DataFormat format)
    {
        var spec = new ModelSpec { Model = "rows", Label = "yes" };
        var bytes = await Rows(format);
        if (name.EndsWith(".gz", StringComparison.Ordinal)) bytes = Gzip(bytes);

        var dataset = (await _catalog.Add("rows", spec, new MemoryStream(bytes), name, DatasetOrigin.Upload)).Value;
        var frame = await _catalog.Read(dataset);

        Assert.Equal(format, Assert.Single((await _catalog.Manifest(dataset)).Parts).Format);
        Assert.Equal((300, "false", "-2.875", "2001-01-01T00:01:01.001Z"), (frame.RowCount, frame["yes"].Format(1), frame["x"].Format(1), frame["at"].Format(1)));
        Assert.True(frame["yes"].IsMissing(4));
    }

    /// <summary>A table that another writer made, in each format.</summary>
    private static async Task<byte[]> Rows(DataFormat format)
    {
        if (format == DataFormat.Parquet) return await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Data", "arrow-rs-2-snappy.parquet"));
        var csv = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Data", "rows.csv"));
        if (format == DataFormat.Csv) return csv;
        var frame = CsvReader.Read(new MemoryStream(csv), new ReadOptions()).Frame;
        string Json(Column column, int row) => column.Type is ColumnType.Numeric or ColumnType.Boolean ? column.Format(row)! : $"\"{column.Format(row)}\"";
        return Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, frame.RowCount).Select(row =>
            $"{{{string.Join(',', frame.Columns.Where(c => !c.IsMissing(row)).Select(c => $"\"{c.Name}\":{Json(c, row)}"))}}}")));
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return compressed.ToArray();
    }

    [Fact]
    public async Task A_damaged_parquet_file_is_a_problem_that_says_so()
    {
        var bytes = await Rows(DataFormat.Parquet);
        Array.Fill(bytes, (byte)0xFF, 4, 40);

        var problem = (await _catalog.Add("rows", new ModelSpec { Model = "rows", Label = "yes" }, new MemoryStream(bytes), "rows.parquet", DatasetOrigin.Upload)).Problem!;

        Assert.Equal((ProblemKind.Invalid, "damaged-parquet"), (problem.Kind, problem.Code));
        Assert.Equal("rows.parquet, column 'n'", Assert.Single(problem.Faults!).Where);
    }

    [Theory]
    [InlineData("", "empty-file")]
    [InlineData("day,speed,damaged\n", "no-rows")]
    [InlineData("day,speed,damaged\n1990-01-01,1,true,9\n", "ragged-row")]
    [InlineData("day,day,damaged\n1990-01-01,1,true\n", "duplicate-column-name")]
    public async Task An_unreadable_file_is_a_problem_and_nothing_refers_to_it(string text, string code)
    {
        var problem = (await Add(text)).Problem!;

        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Equal(code, problem.Code);
        Assert.StartsWith("birds.csv", Assert.Single(problem.Faults!).Where, StringComparison.Ordinal);
        Assert.Empty(await _catalog.List("birds"));
        Assert.Empty(await _tables.QueryAll(new TableQuery("datasets", null)));
    }

    [Fact]
    public async Task A_refused_upload_takes_nothing_away_from_an_accepted_one_of_the_same_bytes_at_the_same_time()
    {
        var meeting = new Meeting(_content);
        var catalog = new DatasetCatalog(meeting, _tables, new MovableClock(DateTimeOffset.UnixEpoch));
        var text = Some.Csv(60);
        // Both have put the bytes, neither has gone on: the one that is accepted refers to nothing yet when the other is refused.
        var refused = Add(catalog, text, Spec with { Label = "nowhere" });
        var accepted = Add(catalog, text, Spec);
        await meeting.BothHavePut;
        meeting.GoOn[0].SetResult();
        Assert.False((await refused).Succeeded);
        meeting.GoOn[1].SetResult();

        Assert.Equal(60, (await catalog.Read((await accepted).Value)).RowCount);
    }

    [Fact]
    public async Task A_declared_column_that_is_missing_names_the_nearest_and_all()
    {
        var spec = Spec with { Data = Spec.Data with { KnownLater = ["Speed_"], Types = new Dictionary<string, ColumnType> { ["dya"] = ColumnType.Text } } };
        var problem = (await Add(Some.Csv(60), spec)).Problem!;

        Assert.Equal("columns-missing", problem.Code);
        Assert.Equal("There is no column 'Speed_' (data.knownLater): did you mean 'speed'? The columns are: day, speed, species, damaged.", problem.Faults![0].Message);
        Assert.Contains("'dya' (data.types): did you mean 'day'?", problem.Faults[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("damage", "columns-missing")]
    [InlineData("constant", "label-constant")]
    [InlineData("key", "label-unique")]
    [InlineData("nothing", "label-empty")]
    [InlineData("day", "label-type")]
    public async Task A_label_that_cannot_be_learned_is_a_problem(string label, string code)
    {
        var text = new StringBuilder("day,constant,key,nothing,damaged\n");
        for (var i = 0; i < 60; i++) text.Append(Some.Day(i / 2)).Append(",x,k").Append(i).Append(",,").Append(i % 3 == 0 ? "true\n" : "false\n");

        Assert.Equal(code, (await Add(text.ToString(), Spec with { Label = label })).Problem!.Code);
    }

    [Fact]
    public async Task Fewer_rows_than_the_split_needs_are_refused_with_their_number()
    {
        var needed = Splits.RowsNeeded(Spec.Split);
        var problem = (await Add(Some.Csv(needed - 1))).Problem!;

        Assert.Equal("too-few-rows", problem.Code);
        Assert.Contains($"needs at least {needed}", problem.Detail, StringComparison.Ordinal);
        Assert.True((await Add(Some.Csv(needed))).Succeeded);
    }

    [Fact]
    public async Task Traffic_extends_the_uploaded_dataset_and_columns_it_lacks_are_missing()
    {
        var dataset = (await Add(Some.Csv(60))).Value;
        var lines = "{\"speed\":7,\"damaged\":true,\"day\":\"1999-01-01\"}\n{\"speed\":null,\"damaged\":false,\"day\":\"1999-01-02\",\"extra\":1}\n"u8.ToArray();
        var extended = await _catalog.ExtendWithTraffic("birds", dataset, new TrafficExport(lines, 2, null));
        var frame = await _catalog.Read(extended);

        Assert.Equal((62, DatasetOrigin.Traffic, dataset.Id), (extended.Rows, extended.Origin, extended.Parent));
        Assert.Equal(62, frame.RowCount);
        Assert.Equal("7", frame["speed"].Format(60));
        Assert.True(frame["species"].IsMissing(61));
        Assert.Equal(dataset.Columns, frame.Schema);
        Assert.Equal(dataset.Id, (await _catalog.Newest("birds"))!.Id);
    }

    [Fact]
    public async Task The_newest_dataset_is_the_one_uploaded_last_even_while_the_clock_stands()
    {
        var a = (await Add(Some.Csv(60))).Value;
        var b = (await Add(Some.Csv(61))).Value;
        Assert.Equal(b.Id, (await _catalog.Newest("birds"))!.Id);

        await Add(Some.Csv(60));
        Assert.Equal(a.Id, (await _catalog.Newest("birds"))!.Id);
    }

    [Fact]
    public async Task A_reading_rule_that_changes_makes_another_dataset()
    {
        var first = (await Add(Some.Csv(60))).Value;
        var other = (await Add(Some.Csv(60), Spec with { Data = Spec.Data with { Missing = ["owl"] } })).Value;

        Assert.NotEqual(first.Id, other.Id);
        Assert.True((await _catalog.Read(other))["species"].CountMissing() > 0);
        Assert.Equal(0, (await _catalog.Read(first))["species"].CountMissing());
    }

    private Task<Outcome<Dataset>> Add(string text, ModelSpec? spec = null) => Add(_catalog, text, spec ?? Spec);

    private static Task<Outcome<Dataset>> Add(DatasetCatalog catalog, string text, ModelSpec spec) =>
        catalog.Add("birds", spec, new MemoryStream(Encoding.UTF8.GetBytes(text)), "birds.csv", DatasetOrigin.Upload);

    /// <summary>Two puts that both end before either of the two that asked goes on.</summary>
    private sealed class Meeting(IContentStore inner) : IContentStore
    {
        private readonly TaskCompletionSource _both = new();
        private int _puts;

        public TaskCompletionSource[] GoOn { get; } = [new(), new()];

        public Task BothHavePut => _both.Task;

        public async Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default)
        {
            // Both must find that nothing was there before, so the bytes come in when both have been read.
            var turn = _puts++;
            if (turn > 1) return await inner.Put(content, cancellationToken);
            var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            if (turn == 1) _both.SetResult();
            await _both.Task;
            var hash = await inner.PutBytes(bytes.ToArray(), cancellationToken);
            await GoOn[turn].Task;
            return hash;
        }

        public Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default) => inner.Open(hash, cancellationToken);

        public Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default) => inner.Exists(hash, cancellationToken);

        public Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default) => inner.Delete(hash, cancellationToken);

        public IAsyncEnumerable<ContentHash> List(CancellationToken cancellationToken = default) => inner.List(cancellationToken);
    }
}
