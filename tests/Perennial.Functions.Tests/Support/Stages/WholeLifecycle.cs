using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Api.Tests.Support;
using Perennial.Contracts.Fakes;
using Perennial.Core;
using Perennial.Core.Data;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Monitoring;
using Perennial.Core.Tests.Serving;

namespace Perennial.Functions.Tests.Support.Stages;

/// <summary>The lifecycle as both hosts compose it, over stores in memory and the stage's engine.</summary>
internal sealed class WholeLifecycle : IHostStatus, IMaintenance
{
    private readonly Lifecycle _lifecycle;
    private readonly Stage _stage;

    private WholeLifecycle(Stage stage)
    {
        _stage = stage;
        _lifecycle = new Lifecycle(
            new HostParts(Content, new InMemoryTableStore(), new InMemoryPredictionLog(), stage.Client, Notifier, stage.Clock, this, this), stage.Catalog, NullLogger.Instance);
    }

    public BrokenContent Content { get; } = new() { Inner = new InMemoryContentStore() };

    public RecordingNotifier Notifier { get; } = new();

    public ApiServices Services => _lifecycle.Services;

    public string? StandsStill => null;

    /// <summary>A lifecycle that has a model and its data, on an engine that has started.</summary>
    /// <param name="stage">The engine.</param>
    /// <param name="sections">Sections of the model's spec beyond name, label and training, as JSON members.</param>
    public static async Task<WholeLifecycle> Begin(Stage stage, string sections)
    {
        var whole = new WholeLifecycle(stage);
        await stage.Start();
        var json = $$"""{ "model": "{{Some.Model}}", "label": "churned", "train": { "trials": 2, "candidates": ["linear"] }, {{sections}} }""";
        Assert.True((await whole.Services.Registry.PutModel(Some.Model, await whole.Content.PutBytes(Encoding.UTF8.GetBytes(json)), "ann")).Succeeded);
        var spec = (await whole._lifecycle.Specs.Find(Some.Model)).Value;
        var added = await whole.Services.Datasets.Add(Some.Model, spec, new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())), "rows.csv", DatasetOrigin.Upload);
        Assert.True(added.Succeeded, added.Problem?.Detail);
        return whole;
    }

    /// <summary>Asks for a run and waits until nothing goes on.</summary>
    public async Task<RunRecord> Run(string key = "k")
    {
        var asked = await Services.Runs.Request(Some.Model, new RunTrigger(RunTriggerKind.Request, "A test wants it.", "ann", _stage.Clock.GetUtcNow(), null, key));
        Assert.True(asked.Succeeded, asked.Problem?.Detail);
        return await Settled();
    }

    /// <summary>The newest run, once nothing goes on.</summary>
    public async Task<RunRecord> Settled()
    {
        await _stage.WhenIdle();
        return (await Services.Runs.List(Some.Model, 1))[0];
    }

    /// <summary>Starts the model's monitor.</summary>
    public Task Watch() => _lifecycle.Resume(CancellationToken.None);

    public async Task Predict(int rows, Func<int, int> age)
    {
        var sent = Enumerable.Range(0, rows).Select(i => JsonSerializer.SerializeToElement(new { age = age(i), plan = i % 2 == 0 ? "basic" : "pro", city = "Ulm" })).ToArray();
        var answer = await Services.Predictions.Predict(Some.Model, new PredictRequest(sent, [.. Enumerable.Range(0, rows).Select(i => $"p-{i}")]));
        Assert.True(answer.Succeeded, answer.Problem?.Detail);
    }

    /// <summary>All that was decided. Reports are left out: they tell how long things took.</summary>
    public async Task<string> Tell()
    {
        var runs = (await Services.Runs.List(Some.Model)).Select(run => run with { Report = null, Progress = null });
        object[] all =
        [
            runs, await Services.Registry.ListVersions(Some.Model), await Services.Registry.ListAliases(Some.Model), await Services.Registry.Audit(Some.Model),
            await Services.Rollouts.List(Some.Model), await Services.Monitors.Alerts(Some.Model, openOnly: false), await Services.Monitors.Reports(Some.Model, 10),
            Notifier.Notices,
        ];
        return string.Join('\n', all.Select(part => JsonSerializer.Serialize(part, CoreJson.Options)));
    }

    public Task<bool> IsBusy(CancellationToken cancellationToken) => Task.FromResult(false);

    public string? FileOf(ContentHash content) => null;

    public Task<Outcome<CollectionReport>> Collect(CollectionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Outcome<IBackup>> BeginBackup(CancellationToken cancellationToken) => throw new NotSupportedException();
}
