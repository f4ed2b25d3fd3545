using System.Diagnostics;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Cli.Client;
using Perennial.Kills.Work;

namespace Perennial.Kills.Hosts;

/// <summary>A host on a folder and a customer of one model: what the scenarios on damaged disks have in common.</summary>
internal sealed class ServedModel(string folder, string[] under) : IDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(120);

    public Customer Customer { get; } = new("swift", "immediate", 1, new InFlight());

    public HostProcess Host { get; private set; } = null!;

    public PerennialClient Client { get; private set; } = null!;

    /// <summary>Starts a host on the folder; false when it does not come up.</summary>
    public async Task<bool> Start()
    {
        Host = HostProcess.Start(folder, under);
        if (await Host.Client(LongestStart) is not { } client) return false;
        Client = client;
        return true;
    }

    /// <summary>Trains so many versions, one a run, each on data of its own.</summary>
    public async Task Train(int versions)
    {
        if (Customer.Ledger.SpecRevision == 0) await Customer.PutSpec(Client);
        for (var i = 0; i < versions; i++)
        {
            await Customer.Upload(Client);
            await Customer.RequestRun(Client);
            await Rest();
        }
    }

    /// <summary>What the host tells of itself.</summary>
    public Task<HealthResponse> Health() => Client.Get<HealthResponse>("/api/health");

    /// <summary>Waits until nothing runs; false when that takes longer than anything here can.</summary>
    public async Task<bool> Rest()
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < LongestRest)
        {
            if (!(await Health()).Busy) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        return false;
    }

    /// <summary>The problem that a request ends in; null when it is done.</summary>
    public static async Task<ProblemBody?> ProblemOf(Func<Task> request)
    {
        try
        {
            await request();
            return null;
        }
        catch (ApiProblemException refused)
        {
            return refused.Problem;
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task Kill()
    {
        Client.Dispose();
        await Host.Kill();
    }

    public void Dispose()
    {
        Client?.Dispose();
        Host?.Dispose();
    }
}
