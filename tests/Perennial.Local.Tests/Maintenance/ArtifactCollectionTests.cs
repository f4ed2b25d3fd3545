using System.Text;
using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Maintenance;

/// <summary>What is referred to stays, however it is referred to; all else goes once it is old.</summary>
public sealed class ArtifactCollectionTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OrchestrationName<string, string> Keep = new("Keep");
    private readonly TemporaryFolder _folder = new();
    private readonly MovableClock _clock = new(Now);
    private readonly MovableClock _steady = new(Now);
    private readonly InMemoryTableStore _tables = new();
    private readonly InMemoryNamedBlobs _blobs = new();
    private readonly DurableEngine _engine;
    private ArtifactFolder _store;

    public ArtifactCollectionTests()
    {
        _store = new ArtifactFolder(SystemDisk.Instance, _folder.Combine("artifacts"), _steady);
        var catalog = new OrchestrationCatalog().Add(Keep, static async (IOrchestrationContext context, string text) =>
        {
            context.SetStatus(text);
            return (await context.WaitForEvent<string>("End")).Value ?? "";
        });
        _engine = new DurableEngine(_folder.Combine("engine"), catalog, _clock);
    }

    public Task InitializeAsync() => _engine.StartAsync();

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_random_graphs_exactly_what_is_reached_stays()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            _store = new ArtifactFolder(SystemDisk.Instance, _folder.Combine($"graph-{seed}"), _steady);
            var random = new Random(seed);
            var (all, edges) = await Graph(random, seed * 1000);
            var roots = all.Where(_ => random.Next(5) == 0).ToList();
            foreach (var root in roots) await Refer(random, root, seed);
            Age(all);
            var reached = new HashSet<ContentHash>(roots);
            for (var open = new Queue<ContentHash>(roots); open.TryDequeue(out var hash);)
                foreach (var next in edges[hash].Where(reached.Add)) open.Enqueue(next);

            var dry = await Run(dryRun: true);
            Assert.Equal(all.Select(h => h.ToString()).Order(), (await All()).Select(h => h.ToString()).Order());
            var report = await Run();

            var left = await All();
            Assert.True(reached.SetEquals(left), $"Seed {seed}: lost {string.Join(' ', reached.Except(left))}, kept {string.Join(' ', left.Except(reached))}.");
            Assert.Equal((all.Count - reached.Count, reached.Count), (report.Removed, report.Kept));
            Assert.Equal((dry.Removed, dry.RemovedBytes), (report.Removed, report.RemovedBytes));
        }
    }

    [Fact]
    public async Task What_is_young_stays_with_all_that_it_refers_to()
    {
        var child = await _store.PutBytes("child"u8.ToArray());
        var loose = await _store.PutBytes("loose"u8.ToArray());
        Age([child, loose]);
        var parent = await _store.PutJson(new { child });
        var report = await Run();
        Assert.Equal(new[] { child, parent }.Select(h => h.ToString()).Order(), (await All()).Select(h => h.ToString()).Order());
        Assert.Equal((1, 1, 5L), (report.Young, report.Removed, report.RemovedBytes));
    }

    [Fact]
    public async Task Content_that_is_put_again_or_asked_for_is_young_again()
    {
        var put = await _store.PutBytes("put"u8.ToArray());
        var asked = await _store.PutBytes("asked"u8.ToArray());
        Age([put, asked]);
        await _store.PutBytes("put"u8.ToArray());
        Assert.True(await _store.Exists(asked));
        Assert.Equal(0, (await Run()).Removed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_that_was_put_or_asked_for_today_stays_though_the_clock_was_set_ahead_since(bool put)
    {
        var hash = await _store.PutBytes("today's"u8.ToArray());
        if (!put)
        {
            Age([hash]);
            Assert.True(await _store.Exists(hash));
        }
        // Against a clock two days ahead a file of now looks as one of two days ago does against now.
        SetBack([hash]);
        _steady.Advance(TimeSpan.FromHours(23));
        Assert.Equal((0, 1), await Kept());
        _steady.Advance(TimeSpan.FromHours(1));
        Assert.Equal((1, 0), await Kept());

        async Task<(int, int)> Kept() => await Run() is var report ? (report.Removed, report.Kept) : default;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_that_is_put_or_asked_for_just_before_it_would_be_swept_stays(bool put)
    {
        var content = "about to be swept"u8.ToArray();
        var hash = await _store.PutBytes(content);
        Age([hash]);
        var sweeper = new Interloper(_store, async () =>
        {
            if (put) await _store.PutBytes(content);
            else Assert.True(await _store.Exists(hash));
            // A clock that was set back makes no difference: the sweep remembers.
            Age([hash]);
        });
        Assert.Equal(0, (await Run(sweeper: sweeper)).Removed);
        Assert.True(await _store.Exists(hash));
    }

    [Fact]
    public async Task Who_puts_while_it_is_swept_never_refers_to_nothing()
    {
        var contents = Enumerable.Range(0, 100).Select(i => Encoding.UTF8.GetBytes($"content {i}")).ToArray();
        for (var round = 0; round < 3; round++)
        {
            foreach (var content in contents) await _store.PutBytes(content);
            Age(await All());
            var collecting = Task.Run(() => Run());
            var kept = new List<ContentHash>();
            foreach (var content in contents.Where((_, i) => i % 3 == round % 3)) kept.Add(await _store.PutBytes(content));
            await collecting;
            foreach (var hash in kept) Assert.Equal(ArtifactCondition.Intact, await _store.Verify(hash));
        }
    }

    [Fact]
    public async Task A_reference_that_moves_from_row_to_row_meanwhile_is_not_missed()
    {
        var hash = await _store.PutBytes("moved"u8.ToArray());
        Age([hash]);
        await _tables.Write("zebras", "p", [TableOperation.Insert("r", Text(hash.ToString()))]);
        await _tables.Write("apes", "p", [TableOperation.Insert("q", Text("none"))]);
        var moving = new Moving(_tables, "apes", async () =>
        {
            await _tables.Write("apes", "p", [TableOperation.Insert("r", Text(hash.ToString()))]);
            await _tables.Write("zebras", "p", [TableOperation.Delete("r", "*")]);
        });
        Assert.Equal(0, (await Run(tables: moving)).Removed);
    }

    [Fact]
    public async Task A_damaged_manifest_hides_nothing_the_collection_ends_instead()
    {
        var child = await _store.PutBytes("child"u8.ToArray());
        var parent = await _store.PutJson(new { child });
        await _tables.Write("things", "p", [TableOperation.Insert("r", Text(parent.ToString()))]);
        var bytes = await File.ReadAllBytesAsync(_store.PathOf(parent));
        bytes[0] = (byte)'x';
        await File.WriteAllBytesAsync(_store.PathOf(parent), bytes);
        Age([child, parent]);
        Assert.Equal(parent, (await Assert.ThrowsAsync<DamagedContentException>(() => Run())).Hash);
        Assert.True(await _store.Exists(child));
    }

    [Fact]
    public async Task What_ended_long_ago_is_forgotten_first_and_what_lives_is_not()
    {
        var (old, living, cached) = (await _store.PutBytes("old"u8.ToArray()), await _store.PutBytes("living"u8.ToArray()), await _store.PutBytes("cached"u8.ToArray()));
        Age([old, living, cached]);
        await _engine.Start(Keep, "old", old.ToString());
        await _engine.RaiseEvent("old", "End", "done");
        await _engine.Start(Keep, "living", living.ToString());
        await _engine.WhenIdle();
        await new StageCache(_tables, _store, _clock).GetOrMake("fit", 1, 1, [], () => Task.FromResult(cached), default);

        Assert.Equal((0, 0, 0), Figures(await Run()));
        _clock.Advance(TimeSpan.FromDays(91));
        Age([old, living, cached]);
        Assert.Equal((1, 1, 2), Figures(await Run(dryRun: true)));
        Assert.Equal((1, 1, 2), Figures(await Run()));
        Assert.Equal([living], await All());
        Assert.Null(await _engine.Get("old"));
        Assert.NotNull(await _engine.Get("living"));
    }

    [Fact]
    public async Task A_cached_result_of_a_version_that_noted_no_time_ages_from_when_it_is_first_seen()
    {
        var cached = await _store.PutBytes("cached"u8.ToArray());
        await _tables.Write("cache", "fit", [TableOperation.Insert("key", new Dictionary<string, string> { ["artifact"] = cached.ToString() })]);
        Age([cached]);
        Assert.Equal((0, 0, 0), Figures(await Run()));
        _clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal((0, 1, 1), Figures(await Run()));
    }

    [Fact]
    public async Task Two_collections_at_once_are_refused()
    {
        using var sweep = _store.Begin(TimeSpan.Zero);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run());
    }

    private Task<CollectionReport> Run(bool dryRun = false, IContentSweeper? sweeper = null, ITableStore? tables = null) =>
        new ArtifactCollection(tables ?? _tables, _store, sweeper ?? _store, _engine, _clock, _engine.Waiting, _blobs).Run(CollectionRequest.Default with { DryRun = dryRun });

    private static (int, int, int) Figures(CollectionReport report) => (report.Orchestrations, report.CachedResults, report.Removed);

    /// <summary>Artifacts that refer to earlier ones, in JSON of several shapes and sizes; and some that are no JSON, whose text refers to nothing.</summary>
    private async Task<(List<ContentHash> All, Dictionary<ContentHash, List<ContentHash>> Edges)> Graph(Random random, int first)
    {
        var all = new List<ContentHash>();
        var edges = new Dictionary<ContentHash, List<ContentHash>>();
        for (var i = first; i < first + 30; i++)
        {
            var next = all.Where(_ => random.Next(8) == 0).ToList();
            var isJson = random.Next(4) > 0;
            var padding = new string('x', random.Next(3) == 0 ? random.Next(200_000) : 3);
            var text = random.Next(3) switch
            {
                0 => JsonSerializer.Serialize(new { i, padding, next }),
                1 => JsonSerializer.Serialize(next.Select(hash => padding + "abcdef" + hash).Append($"{i}")),
                _ => "\n  " + JsonSerializer.Serialize(new Dictionary<string, object> { ["a"] = padding, ["b"] = string.Join("", next), ["i"] = i }),
            };
            var hash = await _store.PutBytes(Encoding.UTF8.GetBytes(isJson ? text : "\u0008" + text));
            if (edges.TryAdd(hash, isJson ? next : [])) all.Add(hash);
        }
        return (all, edges);
    }

    private async Task Refer(Random random, ContentHash root, int seed)
    {
        var name = $"{seed}-{root.ToString()[..12]}";
        switch (random.Next(7))
        {
            case 0:
                await _tables.Write("plain", "p", [TableOperation.Upsert(name, Text(root.ToString()))]);
                break;
            case 1:
                await _tables.Write("rows", $"p{seed}", [TableOperation.Upsert(root.ToString(), Text("in the key"))]);
                break;
            case 2:
                await _tables.Write($"table{seed}", "p", [TableOperation.Upsert(name, Text(JsonSerializer.Serialize(new { deep = new[] { $"fade{root}" } })))]);
                break;
            case 3:
                await _blobs.Write($"blobs/{name}", Encoding.UTF8.GetBytes($"see {root}."), "*");
                break;
            case 4:
                await _engine.Start(Keep, name, $"a{root}");
                break;
            case 5:
                await _engine.Start(Keep, name, "");
                await _engine.Suspend(name, "a test");
                await _engine.RaiseEvent(name, "End", $"{root}");
                break;
            default:
                await _engine.Start(Keep, name, "");
                await _engine.RaiseEvent(name, "End", root.ToString());
                break;
        }
        await _engine.WhenIdle();
    }

    private static Dictionary<string, string> Text(string text) => new() { ["text"] = text };

    /// <summary>Two days pass, for files whose times nobody renews later.</summary>
    private void Age(IEnumerable<ContentHash> hashes)
    {
        _steady.Advance(TimeSpan.FromDays(2));
        SetBack(hashes);
    }

    private void SetBack(IEnumerable<ContentHash> hashes)
    {
        foreach (var hash in hashes)
            if (File.Exists(_store.PathOf(hash))) File.SetLastWriteTimeUtc(_store.PathOf(hash), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
    }

    private async Task<List<ContentHash>> All() => await _store.List().ToListAsync();

    private sealed class Interloper(IContentSweeper inner, Func<Task> before) : IContentSweeper
    {
        public IContentSweep Begin(TimeSpan grace) => new Sweep(inner.Begin(grace), before);

        private sealed class Sweep(IContentSweep inner, Func<Task> before) : IContentSweep
        {
            public IReadOnlyCollection<ContentHash> Touched => inner.Touched;

            public IAsyncEnumerable<StoredContent> List(CancellationToken cancellationToken = default) => inner.List(cancellationToken);

            public async Task<bool> TryRemove(ContentHash hash, CancellationToken cancellationToken = default)
            {
                await before();
                return await inner.TryRemove(hash, cancellationToken);
            }

            public void Dispose() => inner.Dispose();
        }
    }

    private sealed class Moving(ITableStore inner, string after, Func<Task> move) : ITableStore
    {
        private bool _moved;

        public Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default) => inner.Get(table, partition, row, cancellationToken);

        public Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
            inner.Write(table, partition, operations, cancellationToken);

        public async Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default)
        {
            var page = await inner.Query(query, cancellationToken);
            if (query.Table != after || _moved) return page;
            _moved = true;
            await move();
            return page;
        }

        public IAsyncEnumerable<string> Tables(CancellationToken cancellationToken = default) => inner.Tables(cancellationToken);
    }
}
