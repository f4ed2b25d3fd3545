using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using LabelItem = Perennial.Core.Serving.LabelItem;

namespace Perennial.Kills.Work;

/// <summary>
/// Works one model as its users would, and notes what it sends before it is sent and what is acknowledged after the answer has arrived
/// whole. What it sends is drawn from one seeded generator.
/// </summary>
internal sealed class Customer(string model, string rollout, int seed, InFlight inFlight)
{
    private const int RowsAFile = 240;
    private const int RowsACall = 3;
    private const int LabelsACall = 5;
    private const int PromotionsALook = 5;
    private readonly Random _random = new(seed);
    private readonly ConcurrentQueue<(string Id, bool Label)> _unlabelled = new();
    private readonly List<ContentHash> _datasets = [];
    private int _names;

    public Ledger Ledger { get; } = new(model);

    private string Path => $"/api/models/{model}";

    /// <summary>Creates the model, or gives it a new revision of its spec.</summary>
    public async Task PutSpec(PerennialClient client)
    {
        var spec = $$"""
            {
              "model": "{{model}}", "label": "churned", "description": "Spec {{Next("spec")}}.",
              "train": { "trials": 1, "candidates": ["linear"] },
              "gates": { "betterThanChampion": false },
              "rollout": { "strategy": "{{rollout}}", "minRows": 10, "maxRows": 30, "minLabelled": 0.01 }
            }
            """;
        var record = await inFlight.Do(Phase.Upload, () => client.PutModel(model, Encoding.UTF8.GetBytes(spec)));
        Ledger.SpecRevision = Math.Max(Ledger.SpecRevision, record.SpecRevision);
    }

    /// <summary>Uploads a new file.</summary>
    public async Task Upload(PerennialClient client)
    {
        var (name, csv) = (Next("rows") + ".csv", Rows.Csv(Draw(), RowsAFile));
        Ledger.Uploads.Send(name);
        var dataset = await inFlight.Do(Phase.Upload, () => client.Upload(model, name, new MemoryStream(csv)));
        Ledger.Uploads.Acknowledge(name, dataset.Id);
        lock (_datasets) _datasets.Add(dataset.Id);
    }

    /// <summary>
    /// Asks for a run: on a file, or on all labelled traffic. A request that a kill left without an answer is made again first, under its
    /// key: however it went, it is one request.
    /// </summary>
    public async Task RequestRun(PerennialClient client)
    {
        foreach (var key in Ledger.Requests.Unanswered().Take(1)) await RequestRun(client, key);
        var fresh = Next("run");
        Ledger.Requests.Send(fresh);
        await RequestRun(client, fresh);
    }

    /// <summary>Makes versions the champion: any that are there, one after the other, and now and then the one before.</summary>
    public async Task Promote(PerennialClient client)
    {
        var versions = await client.Get<IReadOnlyList<ModelVersion>>($"{Path}/versions");
        var random = Draw();
        for (var i = 0; i < Math.Min(versions.Count, PromotionsALook); i++)
        {
            var champion = random.Next(5) == 0
                ? await Crown(client, "rollback", new ReasonRequest("the harness says so", "kills"))
                : await Crown(client, "promote", new PromoteRequest(versions[random.Next(versions.Count)].Version, "the harness says so", "kills"));
            Ledger.Promoted(champion);
        }
    }

    /// <summary>Makes a version the champion that is not, so that there is something to write.</summary>
    public async Task PromoteAnother(PerennialClient client)
    {
        var status = await client.Get<ModelStatus>(Path);
        var versions = await client.Get<IReadOnlyList<ModelVersion>>($"{Path}/versions");
        Ledger.Promoted(await Crown(client, "promote", new PromoteRequest(versions.First(v => v.Version != status.Champion?.Version).Version, "the harness says so", "kills")));
    }

    /// <summary>Asks for some predictions; those that were not logged are answered, but not acknowledged.</summary>
    public async Task<PredictResponse> Predict(PerennialClient client)
    {
        var random = Draw();
        var rows = Enumerable.Range(0, RowsACall).Select(_ => Rows.Next(random)).ToArray();
        var ids = rows.Select(_ => Next("row")).ToArray();
        foreach (var id in ids) Ledger.Predictions.Send(id);
        var answer = await inFlight.Do(Phase.Prediction, () => client.Post<PredictResponse>($"{Path}/predict", new PredictRequest([.. rows.Select(r => r.Row)], ids)));
        for (var i = 0; i < ids.Length && answer.Logged; i++)
        {
            Ledger.Predictions.Acknowledge(ids[i], answer.Predictions[i].Score!.Value);
            // Not every prediction gets a label.
            if (random.Next(3) > 0) _unlabelled.Enqueue((ids[i], rows[i].Label));
        }
        return answer;
    }

    /// <summary>Labels predictions that were acknowledged; the host must know each of them.</summary>
    /// <returns>What is wrong with the answer; null when nothing is.</returns>
    public async Task<string?> Label(PerennialClient client)
    {
        var labels = new List<LabelItem>();
        while (labels.Count < LabelsACall && _unlabelled.TryDequeue(out var next))
        {
            Ledger.Labels.Send(next.Id);
            Ledger.LabelTexts[next.Id] = next.Label ? "true" : "false";
            labels.Add(new LabelItem(next.Id, JsonSerializer.SerializeToElement(next.Label)));
        }
        if (labels.Count == 0) return null;
        var answer = await inFlight.Do(Phase.Labels, () => client.Post<LabelsResponse>($"{Path}/labels", new LabelsRequest(labels)));
        foreach (var label in labels) Ledger.Labels.Acknowledge(label.Id, Ledger.LabelTexts[label.Id]);
        return answer.Unknown == 0 && answer.Accepted == labels.Count
            ? null
            : $"{model}: of {labels.Count} labels of acknowledged predictions {answer.Accepted} were accepted, {answer.Unknown} of them as unknown.";
    }

    /// <summary>Labels a row that nobody has predicted: labels may come first.</summary>
    public async Task LabelStranger(PerennialClient client)
    {
        var id = Next("stranger");
        Ledger.Labels.Send(id);
        Ledger.LabelTexts[id] = "true";
        await inFlight.Do(Phase.Labels, () => client.Post<LabelsResponse>($"{Path}/labels", new LabelsRequest([new LabelItem(id, JsonSerializer.SerializeToElement(true))])));
        Ledger.Labels.Acknowledge(id, "true");
    }

    /// <summary>Asks for a monitor pass.</summary>
    public Task Watch(PerennialClient client) => client.Post($"{Path}/monitor");

    private Task<ModelAlias> Crown(PerennialClient client, string how, object request) =>
        inFlight.Do(Phase.Promotion, () => client.Post<ModelAlias>($"{Path}/{how}", request));

    private async Task RequestRun(PerennialClient client, string key)
    {
        ContentHash? dataset = null;
        lock (_datasets)
            if (_datasets.Count > 0 && Draw().Next(3) > 0) dataset = _datasets[Draw().Next(_datasets.Count)];
        var trigger = await inFlight.Do(Phase.Pipeline, () => client.Post<RunTrigger>($"{Path}/runs", new RunRequest(dataset, "a run of the harness", "kills", key)));
        Ledger.Requests.Acknowledge(key, trigger.Dataset);
    }

    private string Next(string what) => string.Create(CultureInfo.InvariantCulture, $"{model}-{what}-{Interlocked.Increment(ref _names)}");

    // A generator is no shared thing: each request draws its own from the customer's.
    private Random Draw()
    {
        lock (_random) return new Random(_random.Next());
    }
}
