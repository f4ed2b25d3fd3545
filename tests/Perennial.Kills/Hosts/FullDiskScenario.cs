using Perennial.Api.Contracts;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Kills.Checks;
using Perennial.Kills.Work;

namespace Perennial.Kills.Hosts;

/// <summary>
/// The real host on a real file system of a few MiB that fills up to the last byte, twice: under a host that serves, and before one
/// starts. Writes are refused and say why, everything else goes on, and when space returns so does the rest, without a restart.
/// </summary>
internal sealed class FullDiskScenario(string folder, Expectations expect) : IAsyncDisposable
{
    private const int Mebibytes = 24;
    // Stores write ahead and give that space back, so it takes some filling until none is left.
    private const int MostWrites = 3000;
    private const int RefusalsInARow = 5;
    // A start writes an event for each model. Those of so many fit in no page that is begun and not full, so it cannot end without new space.
    private const int OtherModels = 100;
    private readonly ServedModel _served = new(Path.Combine(folder, "disk", "data"), []);
    private SmallDisk? _mounted;

    private SmallDisk Disk => _mounted!;

    /// <summary>Runs it.</summary>
    public async Task Run()
    {
        _mounted = await SmallDisk.Mount(Path.Combine(folder, "disk"), Mebibytes);
        expect.That("the host starts on the small disk", await _served.Start(), _served.Host.Errors);
        await _served.Train(2);
        for (var i = 1; i <= OtherModels; i++) await new Customer($"other-{i}", "immediate", i, new InFlight()).PutSpec(_served.Client);
        expect.That("a prediction is logged", (await _served.Customer.Predict(_served.Client)).Logged);
        await _served.Customer.Label(_served.Client);

        Console.WriteLine("the disk fills while the host serves, and a run is under way");
        await _served.Customer.RequestRun(_served.Client);
        await FillUp();
        await Refusals();
        await Serving();
        var lines = _served.Host.Errors.Split('\n').Count(line => line.Contains("answered but not logged", StringComparison.Ordinal));
        // It tells at most once a minute, and on a slow machine all this takes longer than one.
        expect.That("the log tells of it once, not with each prediction", lines is 1 or 2, $"{lines} lines");
        await Recovery();

        Console.WriteLine("the host starts on a full disk");
        await _served.Customer.RequestRun(_served.Client);
        await FillUp();
        await StartWithoutSpace("the host starts");
        // By now nothing is written ahead any more that an opening store could cut and have the space of.
        await StartWithoutSpace("it starts where there is not one byte that it could have");
        var reason = (await _served.Health()).StandsStill;
        expect.That("the status says at once why orchestrations stand still", IsClear(reason ?? ""), reason);
        await FillUp();
        await Refusals();
        await Serving();
        await Recovery();
        await _served.Kill();
        await Acknowledged();
    }

    /// <summary>Ends the host and the disk; where something did not hold, what is on it is kept beside.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_served.Host is { HasExited: false }) await _served.Kill();
        _served.Dispose();
        if (_mounted is null) return;
        if (expect.Failed > 0) DeadFolder.Copy(Disk.Data, Path.Combine(folder, "was-on-the-disk"));
        await Disk.DisposeAsync();
    }

    private async Task StartWithoutSpace(string what)
    {
        await _served.Kill();
        Disk.Fill();
        expect.That(what, await Disk.FullDuring(_served.Start()), _served.Host.Errors);
    }

    private async Task FillUp()
    {
        var (customer, client) = (_served.Customer, _served.Client);
        await ExhaustPredictions();
        await Exhaust("promotions", () => IsRefused(() => customer.PromoteAnother(client)));
        await Exhaust("labels", () => IsRefused(() => customer.LabelStranger(client)));
        await ExhaustOrchestrations();
        Disk.Fill();
    }

    private Task ExhaustOrchestrations() =>
        Exhaust("orchestrations", async () => (await _served.Health()).StandsStill is not null || await IsRefused(() => _served.Customer.Watch(_served.Client)));

    private Task ExhaustPredictions() => Exhaust("predictions", async () => !(await _served.Customer.Predict(_served.Client)).Logged);

    private async Task Exhaust(string what, Func<Task<bool>> isRefused)
    {
        var (writes, refusals) = (0, 0);
        while (writes++ < MostWrites && refusals < RefusalsInARow)
        {
            Disk.Fill();
            refusals = await isRefused() ? refusals + 1 : 0;
        }
        expect.That($"at some time there is no space left for {what}", refusals == RefusalsInARow);
    }

    private async Task Refusals()
    {
        var (customer, client) = (_served.Customer, _served.Client);
        foreach (var (what, request) in new (string, Func<Task>)[]
        {
            ("an upload", () => customer.Upload(client)),
            ("a spec", () => customer.PutSpec(client)),
            ("labels", () => customer.LabelStranger(client)),
            ("a request for a run", () => customer.RequestRun(client)),
            ("a promotion", () => customer.PromoteAnother(client)),
        })
        {
            // What was refused before may have given some of its own space back, enough for one more.
            var problem = await ServedModel.ProblemOf(request);
            for (var i = 0; i < RefusalsInARow && problem is not { Status: 507 }; i++)
            {
                Disk.Fill();
                problem = await ServedModel.ProblemOf(request);
            }
            expect.That($"{what} is refused with 507, the folder's name and what to do", problem is { Status: 507 } && IsClear(problem.Detail), $"{problem}");
        }
    }

    private bool IsClear(string message) => message.Contains(Disk.Data, StringComparison.Ordinal) && message.Contains("free some space", StringComparison.Ordinal);

    private async Task Serving()
    {
        var client = _served.Client;
        var versions = (await client.Get<IReadOnlyList<ModelVersion>>("/api/models/swift/versions")).Count;
        foreach (var path in new[] { "/", "/api/models", "/api/models/swift", "/api/models/swift/runs", $"/api/models/swift/versions/{versions}/files/model.onnx", "/api/models/swift/audit", "/api/models/swift/datasets", "/api/runs/run-swift-1/report.html" })
            expect.That($"{path} is read", await ServedModel.ProblemOf(() => client.GetBytes(path)) is null);
        var (before, answer, health) = await Predict();
        // What was refused meanwhile may have given some of its own space back, and what stood still went on with it.
        for (var i = 0; i < RefusalsInARow && (answer.Logged || health.StandsStill is null); i++)
        {
            await ExhaustPredictions();
            await ExhaustOrchestrations();
            Disk.Fill();
            (before, answer, health) = await Predict();
        }
        expect.That("predictions are answered", answer.Predictions.Count > 0);
        expect.That("they say that they are not logged, and why", !answer.Logged && IsClear(answer.Warning ?? ""), answer.Warning);
        expect.That("the status is degraded", health.Status == "degraded", health.Status);
        expect.That("the status counts what is not logged", !health.PredictionLog.Logging && health.PredictionLog.Unlogged == before.PredictionLog.Unlogged + answer.Predictions.Count, $"{health.PredictionLog}");
        expect.That("the status says why orchestrations stand still", IsClear(health.StandsStill ?? ""), health.StandsStill);
    }

    private async Task<(HealthResponse Before, PredictResponse Answer, HealthResponse After)> Predict() =>
        (await _served.Health(), await _served.Customer.Predict(_served.Client), await _served.Health());

    private async Task Recovery()
    {
        var (customer, client) = (_served.Customer, _served.Client);
        Disk.Free();
        string? reason = null;
        await expect.Soon("orchestrations go on by themselves when space returns", async () => (reason = (await _served.Health()).StandsStill) is null, () => reason!);
        expect.That("what was asked for before comes to rest", await _served.Rest());
        expect.That("predictions are logged again", (await customer.Predict(client)).Logged);
        expect.That("the status is ok", (await _served.Health()).Status == "ok");
        foreach (var (what, request) in new (string, Func<Task>)[]
        {
            ("an upload", () => customer.Upload(client)), ("a spec", () => customer.PutSpec(client)), ("labels", () => customer.Label(client)),
            ("a request for a run", () => customer.RequestRun(client)), ("a promotion", () => customer.PromoteAnother(client)),
        })
        {
            var problem = await ServedModel.ProblemOf(request);
            expect.That($"{what} is taken again", problem is null, $"{problem}");
        }
        expect.That("the run comes to rest", await _served.Rest());
        var runs = await client.Get<IReadOnlyList<RunRecord>>("/api/models/swift/runs");
        expect.That("every run has succeeded at its first attempt", runs.All(run => run is { Status: RunStatus.Succeeded, Attempt: 1 }), string.Join("; ", runs.Select(run => $"{run.Id} {run.Status} {run.Failure?.Message}")));
    }

    private async Task Acknowledged()
    {
        var dead = new DeadFolder(Disk.Data, Path.Combine(folder, "copy"));
        var findings = await dead.Fsck();
        expect.That("fsck finds nothing broken", findings.Count == 0, string.Join('\n', findings));
        var view = (await dead.Look(["swift"], "full disk", anew: true))[0];
        var violations = Checker.Check(_served.Customer.Ledger, view, settled: true);
        expect.That(
            $"all that was acknowledged is there: {_served.Customer.Ledger.Predictions.Acknowledged} predictions, {_served.Customer.Ledger.Labels.Acknowledged} labels, {view.Runs.Count} runs",
            violations.Count == 0, string.Join('\n', violations));
    }

    private static async Task<bool> IsRefused(Func<Task> request) => await ServedModel.ProblemOf(request) is { Status: 507 };
}
