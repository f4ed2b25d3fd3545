using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Reports;
using Perennial.Core.Serving;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Monitoring;

/// <summary>
/// One pass: reads the window, compares it with the champion's baseline, opens and closes alerts, asks for a retraining where the policy
/// says so, and leaves a report. What it decides is one batch; what it then tells is kept in the head until it has been told.
/// </summary>
public sealed class MonitorPass(MonitorServices services) : IActivity<PassRequest, Nothing>
{
    private const string PredictionFeature = "(prediction)";

    /// <inheritdoc/>
    public async Task<Nothing> Run(PassRequest input, ActivityContext context, CancellationToken cancellationToken)
    {
        var head = await services.Journal.Head(input.Model, cancellationToken);
        if (head.State.LastKey != input.Key)
        {
            // What an earlier pass left untold (a crash between its batch and its telling) is told before the head moves on.
            await Tell(input.Model, head, cancellationToken);
            await Look(input, cancellationToken);
            head = await services.Journal.Head(input.Model, cancellationToken);
        }
        await Tell(input.Model, head, cancellationToken);
        return Nothing.Value;
    }

    private async Task Look(PassRequest input, CancellationToken cancellationToken)
    {
        var model = input.Model;
        var head = await services.Journal.Head(model, cancellationToken);
        var champion = await services.Registry.FindAlias(model, ModelRegistry.Champion, cancellationToken);
        var version = champion is null ? null : await services.Registry.FindVersion(model, champion.Version, cancellationToken);
        var now = services.Clock.GetUtcNow();
        var spec = (await services.Specs.Find(model, cancellationToken)).Value;
        var pass = version is null
            ? Empty(model, head.State.Pass + 1, now, spec)
            : await Measure(version, head.State.Pass + 1, now, spec, cancellationToken);

        var alerts = await services.Journal.Alerts(model, cancellationToken);
        var changes = version is null ? [] : AlertBook.Changes(spec.Monitor, [.. alerts.Where(a => a.ClosedAt is null)], head.State.LastAlert, pass);
        var after = Apply(alerts, changes);
        var decision = await Decide(spec, version is null, pass, after, cancellationToken);
        pass = pass with { Alerts = [.. changes.Select(c => c.Change.Alert.Id)], Retraining = decision.Sentence };
        pass = pass with { Report = await Page(pass, after, cancellationToken) };

        var report = await services.Content.PutJson(pass, cancellationToken);
        var state = new MonitorHead(
            pass.Pass, now, input.Key, Math.Max(head.State.LastAlert, changes.Select(c => c.Number).DefaultIfEmpty().Max()),
            [.. changes.Select(c => c.Change)], decision.Trigger);
        if (!await services.Journal.Commit(model, head, state, report, changes.Select(c => (c.Number, c.Change.Alert)), cancellationToken))
            throw new IOException($"Another monitor pass of '{model}' was written at the same time.");
    }

    private async Task<MonitorReport> Measure(ModelVersion version, int number, DateTimeOffset now, ModelSpec spec, CancellationToken cancellationToken)
    {
        var package = await services.Packages.Read(version.Package, cancellationToken);
        var from = now - spec.Monitor.Window;
        var rows = await services.Traffic.Window(version.Model, from, now, cancellationToken);
        var judged = rows.Count >= spec.Monitor.MinRows;
        var drift = judged ? DriftMonitor.Compare(spec.Monitor, Pairs(spec, package.Signature, package.Baseline, version.Version, rows)) : [];
        var performance = PerformanceMonitor.Measure(spec, package.Signature, package.Baseline, version.Version, rows);
        return new MonitorReport(
            Id(version.Model, number), version.Model, number, version.Version, now, from, now, rows.Count, rows.Count(r => r.Label is not null),
            judged, drift, performance, [], "");
    }

    private static List<(ColumnProfile Then, ColumnProfile Now)> Pairs(ModelSpec spec, ModelSignature signature, Baseline baseline, int version, IReadOnlyList<JoinedPrediction> rows)
    {
        var pairs = new List<(ColumnProfile, ColumnProfile)>();
        var raw = rows.Select(r => r.Row).ToArray();
        foreach (var column in baseline.Columns)
        {
            // Time always moves on; that is no news.
            if (column.Type is ColumnType.Timestamp || column.Name == spec.Data.Time) continue;
            if (WindowProfile.Count(column, raw) is { } now) pairs.Add((column, now));
        }
        var scored = rows.Select(r => r.ScoresOf(version)).OfType<IReadOnlyList<double>>().ToArray();
        if (scored.Length < spec.Monitor.MinRows || baseline.Prediction.Counts.Count == 0) return pairs;
        var prediction = baseline.Prediction with { Name = PredictionFeature };
        pairs.Add((prediction, signature.Task == TaskKind.Multiclass
            ? WindowProfile.Count(prediction, scored.Select(s => Answers.ClassOf(signature, [.. s])))
            : WindowProfile.Count(prediction, scored.Select(s => s[0]))));
        return pairs;
    }

    private async Task<RetrainDecision> Decide(ModelSpec spec, bool noChampion, MonitorReport pass, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        if (noChampion) return new RetrainDecision(null, "Nothing to do: the model has no champion yet.");
        var runs = await services.Retrainings.Look(pass.Model, cancellationToken);
        // An alert keeps the figures that opened it; a run is asked for with those of today.
        Alert Today(Alert open) => open with { Message = AlertBook.Describe(spec.Monitor, open.Kind, pass) ?? open.Message };
        var challenger = await services.Registry.FindAlias(pass.Model, ModelRegistry.Challenger, cancellationToken);
        var labels = await services.Traffic.CountLabelledSince(pass.Model, runs.Newest?.StartedAt ?? DateTimeOffset.MinValue, cancellationToken);
        return RetrainPolicy.Decide(new RetrainSituation(spec.Retrain, pass.At, pass, [.. alerts.Where(a => a.ClosedAt is null).Select(Today)], labels, runs, challenger?.Version));
    }

    private async Task<ContentHash> Page(MonitorReport pass, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var earlier = await services.Journal.Reports(pass.Model, 60, cancellationToken);
        var versions = await services.Registry.ListVersions(pass.Model, cancellationToken);
        var html = MonitorReportPage.Render(new MonitorReportInput(pass, earlier, versions, alerts));
        return await services.Content.PutBytes(System.Text.Encoding.UTF8.GetBytes(html), cancellationToken);
    }

    private async Task Tell(string model, StoredHead head, CancellationToken cancellationToken)
    {
        if (head.State.Outbox.Count == 0 && head.State.Trigger is null) return;
        foreach (var (kind, alert) in head.State.Outbox)
        {
            var message = kind == "alert-opened" ? alert.Message : $"{alert.Id}: {alert.ClosedBecause}";
            await services.Registry.Record(model, kind, "monitor", message, alert.Version, cancellationToken: cancellationToken);
            await services.Notifier.Notify(new Notice($"{kind}-{alert.Id}", model, kind, message, services.Clock.GetUtcNow()), cancellationToken);
        }
        if (head.State.Trigger is { } trigger) await services.Retrainings.Request(model, trigger, cancellationToken);
        await services.Journal.ClearOutbox(model, head, cancellationToken);
    }

    private static List<Alert> Apply(IReadOnlyList<Alert> alerts, IReadOnlyList<(int Number, AlertChange Change)> changes)
    {
        var byId = changes.ToDictionary(c => c.Change.Alert.Id, c => c.Change.Alert, StringComparer.Ordinal);
        return [.. byId.Values.Where(a => alerts.All(known => known.Id != a.Id)), .. alerts.Select(a => byId.GetValueOrDefault(a.Id, a))];
    }

    private static MonitorReport Empty(string model, int number, DateTimeOffset now, ModelSpec spec) =>
        new(Id(model, number), model, number, 0, now, now - spec.Monitor.Window, now, 0, 0, false, [], null, [], "");

    private static string Id(string model, int number) => $"{model}-{number}";
}
