using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Core.Pipelines;

namespace Perennial.Cli.Output;

/// <summary>
/// Waits until the run that answers a request begins, and says what it waits for: another run may hold the model for days, and a host's
/// orchestrations may stand still.
/// </summary>
public sealed class RunStart(Terminal terminal, PerennialClient client, string model)
{
    // Where nothing is in its way a run begins within a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>The run that answers the trigger of that key.</summary>
    public async Task<RunRecord> Wait(string key, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        string? said = null;
        while (true)
        {
            var runs = await client.Get<IReadOnlyList<RunRecord>>($"/api/models/{model}/runs?take=10", ct);
            if (runs.FirstOrDefault(run => run.Triggers.Any(trigger => trigger.Key == key)) is { } answers) return answers;
            var isLate = TimeProvider.System.GetElapsedTime(begun) > Patience;
            if (isLate && await Cause(runs, ct) is var cause && cause != said) terminal.Aside(said = cause);
            await Task.Delay(isLate ? Pace : Eager, TimeProvider.System, ct);
        }
    }

    private async Task<string> Cause(IReadOnlyList<RunRecord> runs, CancellationToken ct)
    {
        if ((await client.Get<HealthResponse>("/api/health", ct)).StandsStill is { } reason) return $"The run waits: the host's orchestrations stand still. {reason}";
        return runs.FirstOrDefault(run => run.Status is RunStatus.Running or RunStatus.AwaitingApproval) switch
        {
            { Status: RunStatus.AwaitingApproval } other => $"The run waits for {other.Id}, which holds the model and itself waits for approval: {RunProgress.Decide(client, other.Id)}",
            { } other => $"The run waits for {other.Id}, which holds the model.",
            null => "The run has not begun yet; the host has the request. Should its call have been lost, the host begins it when it starts, on Azure by its next sweep. Ctrl+C ends the waiting only.",
        };
    }
}
