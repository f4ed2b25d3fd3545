using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Contracts.Fakes;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Serving.Traffic;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Serving;

/// <summary>What processes read of a log is sealed for all of them.</summary>
public sealed class SealedTrafficTests
{
    private const string Model = "m";
    private static readonly DateTimeOffset Start = LiveModel.Start;

    // Tiny, so that every edge is met.
    private static readonly TrafficSealing Tiny = new(Records: 10, Bytes: 1 << 20, PageEntries: 3, CacheBytes: 4000);
    private readonly CountedLog _log = new(new InMemoryPredictionLog(), "a");
    private readonly InMemoryTableStore _tables = new();
    private readonly InMemoryContentStore _content = new();

    [Fact]
    public async Task A_process_that_starts_cold_reads_little_of_the_log_to_take_a_label_or_to_watch()
    {
        await Predict(1000);
        await Label(Start.AddDays(1), "p0500");
        await Open().Window(Model, Start, Start.AddDays(1));

        foreach (var look in new Func<LabelledTraffic, Task>[]
        {
            async traffic => Assert.Equal(1, await traffic.CountUnknown(Model, ["p0001", "p0999", "unheard"])),
            async traffic => Assert.Equal(10, (await traffic.Window(Model, Start.AddMinutes(990), Start.AddDays(9))).Count),
            async traffic => Assert.Equal(1, await traffic.CountLabelledSince(Model, Start)),
        })
        {
            _log.Read = 0;
            await look(Open());
            Assert.InRange(_log.Read, 0, Tiny.Records);
        }
    }

    [Fact]
    public async Task A_process_that_starts_cold_reads_only_the_rows_of_the_window_and_the_pages_of_the_ids()
    {
        await Predict(1000);
        await Open().Window(Model, Start, Start.AddDays(1));
        var content = new WatchedContent(_content);
        await new LabelledTraffic(_log, Specs(), _tables, content, Tiny).Window(Model, Start.AddMinutes(400), Start.AddMinutes(420));
        Assert.InRange(content.Opened.Count, 1, 4);

        content.Opened.Clear();
        await new LabelledTraffic(_log, Specs(), _tables, content, Tiny).CountUnknown(Model, ["p0400"]);
        Assert.InRange(content.Opened.Count, 1, 8);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Processes_that_take_turns_tell_what_the_whole_log_says(int seed)
    {
        var random = new Random(seed);
        var processes = Enumerable.Range(0, 3).Select(_ => Open()).ToArray();
        var plain = new PlainTraffic();
        for (var step = 0; step < 120; step++)
        {
            var at = Start.AddMinutes(step + random.Next(-5, 5));
            var ids = Enumerable.Range(0, random.Next(1, 12)).Select(_ => $"{(random.Next(2) == 0 ? "x" : "p")}{random.Next(300):D3}").ToArray();
            if (random.Next(2) == 0) plain.Predict(at, await Predict(at, ids));
            else plain.Label(at, await Label(at, ids));
            if (random.Next(3) > 0) continue;

            var process = random.Next(8) == 0 ? processes[0] = Open() : processes[random.Next(3)];
            var (from, to) = (Start.AddMinutes(random.Next(step + 1)), Start.AddMinutes(random.Next(step + 20)));
            Assert.Equal(plain.Unknown(ids), await process.CountUnknown(Model, ids));
            Assert.Equal(plain.LabelledSince(from), await process.CountLabelledSince(Model, from));
            Assert.Equal(plain.LabelledSince(DateTimeOffset.MinValue), await process.CountLabelledSince(Model, DateTimeOffset.MinValue));
            Assert.Equal(plain.Window(from, to), (await process.Window(Model, from, to)).Select(p => (p.Id, p.At, p.Version, p.FirstLabel, p.Label)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task First_and_newest_are_so_by_their_times_in_whatever_order_the_log_is_read(bool isSealed)
    {
        LabelledTraffic Process() => isSealed ? Open() : new LabelledTraffic(_log, Specs(), _tables, _content);
        string[] others = isSealed ? [.. Enumerable.Range(0, Tiny.Records).Select(i => $"other{i:D2}")] : [];
        for (var minute = 9; minute >= 0; minute--)
        {
            var at = Start.AddMinutes(minute);
            await Predict(at, ["p", .. others]);
            await Label(at.AddHours(1), ["p", .. others]);
            var found = (await Process().Window(Model, Start, Start.AddDays(1))).Where(p => p.Id == "p").Select(p => (p.At, p.Version, p.FirstLabel, p.Label)).ToArray();
            Assert.Equal([(at, PlainTraffic.VersionOf(at, 0), PlainTraffic.LabelOf(at.AddHours(1), 0), PlainTraffic.LabelOf(Start.AddMinutes(69), 0))], found);
        }
        Assert.Equal(isSealed, await _tables.Get("traffic", Model, "sealed") is not null);
        // A window that only a later prediction of the id lies in does not hold it.
        Assert.DoesNotContain(await Process().Window(Model, Start.AddMinutes(1), Start.AddDays(1)), p => p.Id == "p");
        Assert.Equal(0, await Process().CountLabelledSince(Model, Start.AddHours(1)));
    }

    [Fact]
    public async Task What_was_sealed_in_another_form_is_made_again_from_the_log()
    {
        await Predict(100);
        await Open().Window(Model, Start, Start.AddDays(1));
        var sealedHead = (await _tables.Get("traffic", Model, "sealed"))!;
        var former = (await _content.GetJson<JsonObject>(ContentHash.Parse(sealedHead.Properties["manifest"])))!;
        former.Remove("format");
        former.Remove("replaced");
        former["rows"] = new JsonArray();
        var properties = new Dictionary<string, string> { ["manifest"] = (await _content.PutJson(former)).ToString() };
        await _tables.Write("traffic", Model, [TableOperation.Replace("sealed", properties, sealedHead.ETag)]);

        Assert.Equal(100, (await Open().Window(Model, Start, Start.AddDays(1))).Count);
        _log.Read = 0;
        Assert.Equal(100, (await Open().Window(Model, Start, Start.AddDays(1))).Count);
        Assert.Equal(0, _log.Read);
    }

    [Fact]
    public async Task Runs_are_merged_so_that_they_stay_few()
    {
        var traffic = Open();
        for (var i = 0; i < 200; i++)
        {
            await Predict(Start.AddMinutes(i), [.. Enumerable.Range(0, 10).Select(j => $"p{i:D3}{j}")]);
            await traffic.Window(Model, Start, Start.AddMinutes(1));
        }

        var manifest = await Manifest();
        Assert.Equal((200, 2000), (manifest.Rows.Count, manifest.Ids.Sum(run => run.Size())));
        Assert.InRange(manifest.Ids.Count, 1, 6);
    }

    [Fact]
    public async Task What_is_sealed_is_referred_to_and_what_was_merged_away_is_not()
    {
        await Predict(100);
        await Label(Start, [.. Enumerable.Range(0, 30).Select(i => $"p{i:D4}")]);
        await Open().CountUnknown(Model, []);
        var before = (await _content.List().ToListAsync()).Count;
        await Open().Window(Model, Start, Start);

        var referred = new HashSet<ContentHash>();
        var head = ContentHash.Parse((await _tables.Get("traffic", Model, "sealed"))!.Properties["manifest"]);
        await ContentReferences.FindInJson((await _content.Open(head))!, hash => referred.Add(hash), default);
        await foreach (var hash in _content.List())
            if (hash != head && !referred.Contains(hash)) await _content.Delete(hash);

        Assert.True((await _content.List().ToListAsync()).Count < before);
        _log.Read = 0;
        Assert.Equal(30, await Open().CountLabelledSince(Model, DateTimeOffset.MinValue));
        Assert.Equal(100, (await Open().Window(Model, Start, Start.AddDays(1))).Count);
        Assert.Equal(0, _log.Read);
    }

    [Fact]
    public async Task Where_sealed_content_is_gone_it_is_made_again_from_the_log()
    {
        await Predict(100);
        var warm = Open();
        await warm.Window(Model, Start, Start.AddDays(1));
        await foreach (var hash in _content.List()) await _content.Delete(hash);

        Assert.Equal(100, (await Open().Window(Model, Start, Start.AddDays(1))).Count);
        Assert.Equal(0, await warm.CountUnknown(Model, ["p0000", "p0099"]));
        _log.Read = 0;
        Assert.Equal(100, (await Open().Window(Model, Start, Start.AddDays(1))).Count);
        Assert.Equal(0, _log.Read);
    }

    [Fact]
    public async Task What_was_sealed_of_another_log_counts_for_nothing()
    {
        await Predict(100);
        await Open().Window(Model, Start, Start.AddDays(1));

        var other = new CountedLog(new InMemoryPredictionLog(), "other");
        await Append(other, LogStreams.Predictions(Model), Start, [.. new[] { "q1", "q2" }.Select(id => (object)new PredictionRecord(id, 1, LiveModel.Row(1), [0.5]))]);
        var traffic = new LabelledTraffic(other, Specs(), _tables, _content, Tiny);

        Assert.Equal(["q1", "q2"], (await traffic.Window(Model, Start, Start.AddDays(1))).Select(p => p.Id));
    }

    public static TheoryData<IOException> Faults => new(new StoreFullException("content"), new StoreReadOnlyException("content"), new StoreUnavailableException("It does not answer."));

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task While_nothing_can_be_sealed_it_is_kept_in_memory(IOException fault)
    {
        await Predict(100);
        var content = new WatchedContent(_content) { Fault = fault };
        var traffic = new LabelledTraffic(_log, Specs(), _tables, content, Tiny);

        Assert.Equal(1, await traffic.CountUnknown(Model, ["p0099", "unheard"]));
        Assert.Null(await _tables.Get("traffic", Model, "sealed"));
        content.Fault = null;
        await Predict(Start.AddDays(1), ["later"]);
        Assert.Equal(101, (await traffic.Window(Model, Start, Start.AddDays(2))).Count);
        Assert.NotNull(await _tables.Get("traffic", Model, "sealed"));
    }

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task While_runs_cannot_be_merged_they_stay_as_they_are(IOException fault)
    {
        await Predict(100);
        await Open().CountUnknown(Model, []);
        var runs = (await Manifest()).Ids.Count;
        var content = new WatchedContent(_content) { Fault = fault };
        var traffic = new LabelledTraffic(_log, Specs(), _tables, content, Tiny);

        Assert.Equal(100, (await traffic.Window(Model, Start, Start.AddDays(1))).Count);
        Assert.Equal((10, 10), (runs, (await Manifest()).Ids.Count));
        content.Fault = null;
        Assert.Equal(100, (await traffic.Window(Model, Start, Start.AddDays(1))).Count);
        Assert.InRange((await Manifest()).Ids.Count, 1, 3);
    }

    private LabelledTraffic Open() => new(_log, Specs(), _tables, _content, Tiny);

    private ModelSpecs Specs() => new(new ModelRegistry(_tables, new MovableClock(Start)), _content);

    private async Task<SealedTraffic> Manifest() =>
        await _content.GetJson<SealedTraffic>(ContentHash.Parse((await _tables.Get("traffic", Model, "sealed"))!.Properties["manifest"]));

    // One a minute, in batches.
    private async Task Predict(int count)
    {
        for (var i = 0; i < count; i++) await Predict(Start.AddMinutes(i), [$"p{i:D4}"]);
    }

    private async Task<string[]> Predict(DateTimeOffset at, string[] ids)
    {
        await Append(_log, LogStreams.Predictions(Model), at, [.. ids.Select((id, i) => (object)new PredictionRecord(id, PlainTraffic.VersionOf(at, i), LiveModel.Row(i), [0.5]))]);
        return ids;
    }

    private async Task<string[]> Label(DateTimeOffset at, params string[] ids)
    {
        await Append(_log, LogStreams.Labels(Model), at, [.. ids.Select((id, i) => (object)new LabelRecord(id, PlainTraffic.LabelOf(at, i), "damaged"))]);
        return ids;
    }

    private static Task Append(IPredictionLog log, string stream, DateTimeOffset at, IEnumerable<object> records) =>
        log.Append(stream, [.. records.Select(record => new LogRecord(at, JsonSerializer.SerializeToUtf8Bytes(record, record.GetType(), CoreJson.Options)))]);

    /// <summary>The same questions, answered from plain lists.</summary>
    private sealed class PlainTraffic
    {
        private readonly Dictionary<string, (DateTimeOffset At, int Version)> _predictions = [];
        private readonly Dictionary<string, (string First, string Newest, DateTimeOffset FirstAt, DateTimeOffset NewestAt)> _labels = [];

        public static int VersionOf(DateTimeOffset at, int i) => (int)(at - Start).TotalMinutes + (1000 * (i + 1));

        public static string LabelOf(DateTimeOffset at, int i) => $"{(at - Start).TotalMinutes}-{i}";

        public void Predict(DateTimeOffset at, string[] ids)
        {
            for (var i = 0; i < ids.Length; i++)
                if (!_predictions.TryGetValue(ids[i], out var known) || at < known.At) _predictions[ids[i]] = (at, VersionOf(at, i));
        }

        public void Label(DateTimeOffset at, string[] ids)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                var (label, known) = (LabelOf(at, i), _labels.TryGetValue(ids[i], out var before) ? before : (null!, null!, DateTimeOffset.MaxValue, DateTimeOffset.MinValue));
                if (at < known.FirstAt) known = known with { First = label, FirstAt = at };
                if (at >= known.NewestAt) known = known with { Newest = label, NewestAt = at };
                _labels[ids[i]] = known;
            }
        }

        public int Unknown(string[] ids) => ids.Count(id => !_predictions.ContainsKey(id));

        public int LabelledSince(DateTimeOffset instant) => _labels.Count(label => label.Value.FirstAt > instant && _predictions.ContainsKey(label.Key));

        public IEnumerable<(string Id, DateTimeOffset At, int Version, string? First, string? Newest)> Window(DateTimeOffset from, DateTimeOffset to) =>
            from p in _predictions
            where p.Value.At >= @from && p.Value.At < to
            orderby p.Value.At, p.Key
            let label = _labels.TryGetValue(p.Key, out var known) ? known : default
            select (p.Key, p.Value.At, p.Value.Version, (string?)label.First, (string?)label.Newest);
    }

    private sealed class WatchedContent(IContentStore content) : IContentStore
    {
        public IOException? Fault { get; set; }

        public List<ContentHash> Opened { get; } = [];

        public Task<ContentHash> Put(Stream bytes, CancellationToken cancellationToken = default) =>
            Fault is null ? content.Put(bytes, cancellationToken) : throw Fault;

        public Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default)
        {
            Opened.Add(hash);
            return content.Open(hash, cancellationToken);
        }

        public Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default) => content.Exists(hash, cancellationToken);

        public Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default) => content.Delete(hash, cancellationToken);

        public IAsyncEnumerable<ContentHash> List(CancellationToken cancellationToken = default) => content.List(cancellationToken);
    }
}
