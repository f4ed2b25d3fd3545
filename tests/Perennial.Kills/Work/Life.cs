using System.Collections.Concurrent;
using Perennial.Cli.Client;

namespace Perennial.Kills.Work;

/// <summary>The customers' requests to one host from its start to its kill. What fails before the kill is a violation, what fails by it is not.</summary>
internal sealed class Life(PerennialClient client, IReadOnlyList<Customer> customers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];
    private volatile bool _ending;

    /// <summary>What went wrong that no kill explains.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>How often the host refused, by code.</summary>
    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    /// <summary>Begins what a cycle asks for; returns when its requests are on their way.</summary>
    public async Task Begin(Cycle cycle)
    {
        foreach (var customer in customers.Where(c => c.Ledger.SpecRevision == 0)) await Try(() => customer.PutSpec(client));
        if (cycle.Target == Phase.Idle)
        {
            await Quiet();
            return;
        }
        var chosen = customers[cycle.Model];
        foreach (var customer in customers) Loop(() => customer.Predict(client), most: cycle.Target == Phase.Prediction && customer == chosen ? 100 : 15);
        var labels = cycle.Target == Phase.Labels ? 60 : 5;
        Loop(async () => Note(await chosen.Label(client)), labels);
        if (cycle.Variant % 10 == 0) Loop(() => chosen.Watch(client), most: 1);
        if (cycle.Target == Phase.Upload) Loop(() => cycle.Variant % 5 == 0 ? chosen.PutSpec(client) : chosen.Upload(client), most: 40);
        if (cycle.Target == Phase.Promotion) Loop(() => chosen.Promote(client), most: 60);
        if (cycle.Target != Phase.Pipeline) return;
        if (cycle.Variant % 2 == 0 || chosen.Ledger.Uploads.Acknowledged == 0) await Try(() => chosen.Upload(client));
        await Try(() => chosen.RequestRun(client));
    }

    /// <summary>Says that the host is about to be killed: from now on a lost connection is no fault.</summary>
    public void Ending() => _ending = true;

    /// <summary>Waits until every loop has met the end.</summary>
    public Task Ended() => Task.WhenAll(_loops);

    /// <summary>Does something once; refusals and kills are no faults.</summary>
    public async Task<bool> Try(Func<Task> request)
    {
        try
        {
            await request();
            return true;
        }
        catch (ApiProblemException problem) when (problem.Problem.Status < 500)
        {
            _refusals.AddOrUpdate(problem.Problem.Code, 1, (_, count) => count + 1);
            return true;
        }
        catch (Exception exception)
        {
            if (!_ending) _faults.Add($"a request failed before any kill: {exception.Message}");
            return false;
        }
    }

    private void Note(string? fault)
    {
        if (fault is not null) _faults.Add(fault);
    }

    private async Task Quiet()
    {
        for (var i = 0; i < 200; i++)
        {
            var busy = true;
            await Try(async () => busy = (await client.Get<Api.Contracts.HealthResponse>("/api/health")).Busy);
            if (!busy) return;
            await Task.Delay(Pause);
        }
    }

    private void Loop(Func<Task> request, int most) => _loops.Add(Task.Run(async () =>
    {
        for (var i = 0; i < most && !_ending; i++)
        {
            if (!await Try(request)) return;
            await Task.Delay(Pause);
        }
    }));
}
