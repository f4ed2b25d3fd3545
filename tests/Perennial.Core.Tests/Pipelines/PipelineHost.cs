using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Perennial.Contracts.Fakes;
using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Reports;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Orchestration;
using Perennial.Core.Tests.Registry;
using Perennial.Core.Training;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>The pipeline on stores in memory and the embedded engine, with a clock that is moved by hand. Every turn is replayed from zero.</summary>
public sealed class PipelineHost : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"perennial-pipeline-{Guid.NewGuid():N}");
    private readonly DurableEngine _engine;

    private PipelineHost(IReadOnlyList<ITrainer>? trainers, string test, TimeProvider wall, IModelRuntime? runtime)
    {
        Tables = new FaultyTableStore(new InMemoryTableStore());
        Registry = new ModelRegistry(Tables, Clock);
        Datasets = new DatasetCatalog(Content, Tables, Clock);
        var catalog = new OrchestrationCatalog();
        PipelineActivities.AddTo(catalog, () => Services!);
        catalog.Add(LifecycleNames.Rollout, (_, version) =>
        {
            Rollouts.Enqueue(version);
            return Task.FromResult(Nothing.Value);
        });
        _engine = new DurableEngine(_folder, catalog, Clock, new EngineOptions
        {
            ReplayEveryTurn = true,
            MaxConcurrentActivities = 4,
            GenerationEnded = HistoryRecorder.For(test, LifecycleNames.TrainingPipeline.Value, LifecycleNames.TrialSearch.Value, LifecycleNames.ModelCoordinator.Value),
        });
        Services = new PipelineServices(
            Content, Tables, _engine, Clock, Registry, new ModelSpecs(Registry, Content), Datasets, trainers ?? BuiltInTrainer.All, runtime ?? new ManagedRuntime(), Notifier, (_, _) => Task.FromResult(Traffic),
            async (record, details, token) => ReportFails ? throw new InvalidOperationException("No page today.") : RunReport.Render(new RunReportInput(record, details, await Registry.ListVersions(record.Model, token))))
        { WallClock = wall };
        Runs = new RunService(Tables, Content, _engine, Registry, Datasets, Clock);
    }

    public InMemoryContentStore Content { get; } = new();

    public FaultyTableStore Tables { get; }

    public MovableClock Clock { get; } = new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ModelRegistry Registry { get; }

    public DatasetCatalog Datasets { get; }

    public PipelineServices Services { get; }

    public RunService Runs { get; }

    public NoticeLog Notifier { get; } = new();

    public TrafficExport? Traffic { get; set; }

    public bool ReportFails { get; set; }

    public ConcurrentQueue<VersionKey> Rollouts { get; } = new();

    public IOrchestrationClient Client => _engine;

    public static async Task<PipelineHost> Start(IReadOnlyList<ITrainer>? trainers = null, [CallerMemberName] string test = "", TimeProvider? wall = null, IModelRuntime? runtime = null)
    {
        var host = new PipelineHost(trainers, test, wall ?? TimeProvider.System, runtime);
        await host._engine.StartAsync();
        return host;
    }

    public async Task PutSpec(string json) =>
        Assert.True((await Registry.PutModel("birds", await Content.PutBytes(Encoding.UTF8.GetBytes(json)), "ann")).Succeeded);

    public async Task<Dataset> Upload(string csv)
    {
        var spec = (await Services.Specs.Find("birds")).Value;
        var added = await Datasets.Add("birds", spec, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "birds.csv", DatasetOrigin.Upload);
        Assert.True(added.Succeeded, added.Problem?.Detail);
        return added.Value;
    }

    public async Task Ask(string key = "k", ContentHash? dataset = null, int? repeat = null)
    {
        var asked = await Runs.Request("birds", new RunTrigger(RunTriggerKind.Request, "a test wants it", "ann", Clock.GetUtcNow(), dataset, key, repeat));
        Assert.True(asked.Succeeded, asked.Problem?.Detail);
    }

    /// <summary>Asks for a run and waits until nothing goes on.</summary>
    public async Task<RunRecord> Run(string key = "k", ContentHash? dataset = null)
    {
        await Ask(key, dataset);
        return await Settled();
    }

    /// <summary>Waits until nothing goes on.</summary>
    public Task Idle() => _engine.WhenIdle();

    /// <summary>The newest run, once nothing goes on.</summary>
    public async Task<RunRecord> Settled()
    {
        await _engine.WhenIdle();
        return (await Runs.List("birds", 1))[0];
    }

    public async Task<ModelPackage> Package(int version) =>
        await Services.Packages.Read((await Registry.FindVersion("birds", version))!.Package);

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Keeps notices.</summary>
public sealed class NoticeLog : INotifier
{
    public ConcurrentQueue<Notice> Notices { get; } = new();

    public Task Notify(Notice notice, CancellationToken cancellationToken = default)
    {
        Notices.Enqueue(notice);
        return Task.CompletedTask;
    }
}
