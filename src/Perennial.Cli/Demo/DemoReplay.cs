using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Learning.Frames;
using Perennial.Local.Time;

namespace Perennial.Cli.Demo;

/// <summary>
/// Replays later rows as live traffic: predictions at their time, labels some time after, and a clock that moves between. Everything goes
/// through the public API; only the clock is the host's own, since no route may move time.
/// </summary>
public sealed class DemoReplay(PerennialClient client, MovableClock clock, DemoInput input, DemoStory story)
{
    private const int Steps = 120;
    private readonly string _model = input.Spec.Model;
    private readonly List<int> _answeredBy = [];

    /// <summary>How long a label takes.</summary>
    public static readonly TimeSpan LabelDelay = TimeSpan.FromDays(30);

    /// <summary>For each later row, the version that answered.</summary>
    public IReadOnlyList<int> AnsweredBy => _answeredBy;

    /// <summary>Lives through all later rows.</summary>
    public async Task Run(CancellationToken ct)
    {
        var end = input.Times[^1] + LabelDelay;
        var step = TimeSpan.FromTicks((end - input.Start).Ticks / Steps + 1);
        var (served, labelled) = (0, 0);
        for (var now = input.Start + step; labelled < input.Times.Length; now += step)
        {
            var due = Until(now, served);
            if (due > served) await Serve(served, due, ct);
            served = due;
            clock.MoveTo(now);
            // What the new time brings comes before the labels that come with it: each step then sees the same, however fast the host is.
            await Settle(ct);
            var known = Until(now - LabelDelay, labelled);
            if (known > labelled) await Label(labelled, known, ct);
            labelled = known;
            await Settle(ct);
            story.Progress(now, served, labelled, input.Times.Length);
        }
    }

    /// <summary>Waits until the host has nothing left to do at this time, and tells what happened meanwhile.</summary>
    public async Task Settle(CancellationToken ct)
    {
        while (true)
        {
            var health = await client.Get<HealthResponse>("/api/health", ct);
            var status = health.Busy ? await client.Get<ModelStatus>($"/api/models/{_model}", ct) : null;
            if (status?.ActiveRun is { } run) await story.FollowRun(run.Id, ct);
            if (!health.Busy) break;
        }
        await story.Tell(ct);
    }

    private int Until(DateTimeOffset now, int from)
    {
        while (from < input.Times.Length && input.Times[from] <= now) from++;
        return from;
    }

    private async Task Serve(int from, int to, CancellationToken ct)
    {
        // A client sends what the signature asks for, as far as it is known at the time.
        var signature = await story.ChampionSignature(ct);
        foreach (var batch in Enumerable.Range(from, to - from).Chunk(500))
        {
            var rows = batch.Select(r => FrameRows.Of(input.Later, r, signature.Inputs.Select(c => c.Name))).ToArray();
            var answer = await client.Post<PredictAnswer>($"/api/models/{_model}/predict", new PredictBody(rows, [.. batch.Select(Id)]), ct);
            _answeredBy.AddRange(batch.Select(_ => answer.Version));
        }
    }

    private async Task Label(int from, int to, CancellationToken ct)
    {
        var label = input.Later[input.Spec.Label];
        foreach (var batch in Enumerable.Range(from, to - from).Chunk(1000))
            await client.Post<JsonNode>($"/api/models/{_model}/labels", new LabelsBody([.. batch.Select(r => new LabelItem(Id(r), LabelOf(label, r)))]), ct);
    }

    /// <summary>A label as the API takes it: a number for regression, else the class's name.</summary>
    private static JsonNode LabelOf(Column label, int row) =>
        label is NumericColumn numbers ? JsonValue.Create(numbers.Values[row]) : JsonValue.Create(label.Format(row)!);

    private static string Id(int row) => $"row-{row:D7}";
}
