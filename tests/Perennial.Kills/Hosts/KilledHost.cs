using System.Diagnostics;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Core.Pipelines;
using Perennial.Kills.Checks;
using Perennial.Kills.Work;
using Perennial.Local.Storage;

namespace Perennial.Kills.Hosts;

/// <summary>One folder whose host is started, worked and killed again and again. Two models live in it, so that their pipelines meet.</summary>
internal sealed class KilledHost
{
    // Far beyond what a slow machine needs: who waits so long waits for ever.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(120);
    private readonly string _name;
    private readonly string _folder;
    private readonly Tally _tally;
    private readonly Random _random;
    private readonly InFlight _inFlight = new();
    private readonly Customer[] _customers;
    private readonly DeadFolder _dead;
    private bool _wasUnfinished;

    public KilledHost(string folder, int number, int seed, Tally tally)
    {
        (_name, _tally, _random) = ($"host {number}", tally, new Random(seed));
        _folder = Path.Combine(folder, "data");
        _dead = new DeadFolder(_folder, Path.Combine(folder, "copy"));
        _customers = [new Customer("swift", "immediate", _random.Next(), _inFlight), new Customer("shy", "shadow", _random.Next(), _inFlight)];
    }

    /// <summary>What was sent and promised.</summary>
    public IEnumerable<Ledger> Ledgers => _customers.Select(c => c.Ledger);

    /// <summary>Starts, works and kills so many times; stops at the first violation, so that the folder shows it.</summary>
    public async Task Kill(int times)
    {
        for (var kill = 1; kill <= times && _tally.Violations.Count == 0; kill++) await KillOnce($"{_name}, kill {kill}", Cycle.Draw(_random, _customers.Length));
    }

    /// <summary>
    /// Lets the last host end all that is unfinished and do each kind of work once more, checks everything anew, and then proves on
    /// planted faults that the checks see what they are for.
    /// </summary>
    /// <returns>How many planted faults were seen, of how many.</returns>
    public async Task<(int Seen, int Planted)> Settle()
    {
        var source = $"{_name}, settled";
        using var host = HostProcess.Start(_folder);
        using var client = await host.Client(LongestStart);
        if (client is null)
        {
            _tally.Violated([$"{source}: the host did not start. {host.Ending}"]);
            return (0, 0);
        }
        var life = new Life(client, _customers);
        foreach (var customer in _customers) await Work(life, customer, client);
        if (!await Rest(client)) _tally.Violated([$"{source}: the host has not come to rest within {LongestSettling.TotalSeconds:F0} s. {host.Errors}"]);
        foreach (var customer in _customers) await Look(client, customer, source, settled: true);
        life.Ending();
        await host.Kill();
        _tally.Violated(life.Faults.Select(fault => $"{source}: {fault}"));
        var views = await Check(source, settled: true);
        return _tally.Violations.Count > 0 ? (0, 0) : await PlantedFaults.Try(_customers[0].Ledger, views[0], async () => (await LookAtDead(source))[0], _dead);
    }

    private async Task KillOnce(string source, Cycle cycle)
    {
        using var host = HostProcess.Start(_folder);
        using var client = cycle.Target == Phase.StartUp ? null : await host.Client(LongestStart);
        if (cycle.Target != Phase.StartUp && client is null)
        {
            _tally.Violated([$"{source}: the host did not start. {host.Ending}"]);
            return;
        }
        var life = client is null ? null : new Life(client, _customers);
        if (life is not null)
        {
            _tally.Started(host.StartTime);
            await Look(client!, _customers[cycle.Model], source, settled: false);
            await life.Begin(cycle);
        }
        await Task.Delay(cycle.Delay(_tally.StartUp));
        var exited = host.HasExited;
        life?.Ending();
        var phases = new HashSet<Phase>(_inFlight.Now());
        if (!host.Ready.IsCompleted) phases.Add(Phase.StartUp);
        await host.Kill();
        if (life is not null) await life.Ended();
        if (exited) _tally.Violated([$"{source}: the host ended by itself. {host.Ending}"]);
        if (life is not null) _tally.Violated(life.Faults.Select(fault => $"{source}: {fault}"));
        if (life is not null) _tally.Refused(life.Refusals);
        Count(await Check(source, settled: false), phases);
    }

    private void Count(IReadOnlyList<ModelView> views, HashSet<Phase> phases)
    {
        var running = views.SelectMany(view => view.Runs).Where(run => !Checker.HasEnded(run)).ToList();
        if (running.Count > 0) phases.Add(Phase.Pipeline);
        var unfinished = running.Count > 0 || views.Any(view => view.Pending.Count > 0);
        if (_wasUnfinished && unfinished) phases.Add(Phase.Recovery);
        if (phases.Count == 0) phases.Add(Phase.Idle);
        _wasUnfinished = unfinished;
        _tally.Killed(phases, running.Select(run => run.Stages.LastOrDefault(s => s.Status == StageStatus.Running)?.Name ?? "between stages"));
    }

    private async Task<IReadOnlyList<ModelView>> Check(string source, bool settled)
    {
        var took = Stopwatch.StartNew();
        _tally.Violated((await _dead.Fsck()).Select(finding => $"{source}: {finding}"));
        try
        {
            var views = await LookAtDead(source, settled);
            _tally.Looked(took.Elapsed);
            foreach (var (customer, view) in _customers.Zip(views))
            {
                _tally.Violated(Checker.Check(customer.Ledger, view, settled));
                Checker.Remember(customer.Ledger, view);
            }
            return views;
        }
        catch (CorruptStoreException damaged)
        {
            _tally.Violated([$"{source}: {damaged.Message}"]);
            return [];
        }
    }

    private Task<IReadOnlyList<ModelView>> LookAtDead(string source, bool anew = false) => _dead.Look([.. _customers.Select(c => c.Ledger.Model)], source + ", folder", anew);

    private async Task Look(PerennialClient client, Customer customer, string source, bool settled)
    {
        try
        {
            if (await ServingHost.Look(client, customer.Ledger.Model, source + ", API") is { } view) _tally.Violated(Checker.Check(customer.Ledger, view, settled));
            else if (customer.Ledger.SpecRevision > 0) _tally.Violated([$"{source}: model {customer.Ledger.Model} was acknowledged and is not there."]);
        }
        catch (Exception exception) when (exception is HttpRequestException or ApiProblemException)
        {
            _tally.Violated([$"{source}: model {customer.Ledger.Model} could not be looked at: {exception.Message}"]);
        }
    }

    // Each kind of work once, with nothing to disturb it: after all those kills the host must still be a whole one.
    private static async Task Work(Life life, Customer customer, PerennialClient client)
    {
        if (customer.Ledger.SpecRevision == 0) await life.Try(() => customer.PutSpec(client));
        await life.Try(() => customer.Upload(client));
        await life.Try(() => customer.RequestRun(client));
        await Rest(client);
        await life.Try(() => customer.Promote(client));
        await life.Try(() => customer.Predict(client));
        await life.Try(() => customer.Predict(client));
        await life.Try(() => customer.Label(client));
    }

    private static async Task<bool> Rest(PerennialClient client)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < LongestSettling)
        {
            if (!(await client.Get<HealthResponse>("/api/health")).Busy) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        return false;
    }
}
