using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Core.Monitoring;

namespace Perennial.Cli.Client;

/// <summary>A monitor pass that is made now, followed to its end: a report, the reason why there can be none, or too long a wait.</summary>
public sealed class PassNow(PerennialClient client, string model)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // Many times what a pass over the largest window takes. What is not there by then may still come.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Asks for a pass and returns what it saw.</summary>
    /// <exception cref="ApiProblemException">The host refused, the pass failed, or none has ended in five minutes.</exception>
    public async Task<PassSummary> Run(CancellationToken ct)
    {
        var (report, state) = (await Newest(ct), await State(ct));
        await client.Post($"/api/models/{model}/monitor", ct);
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Longest)
        {
            if (await Newest(ct) is { } newest && newest.Id != report?.Id) return newest;
            // A failed pass sets another time for the next one.
            if (await State(ct) is { Failure: { } failure } now && now != state) throw Failed(failure.Code, $"The pass could not be made: {failure.Message}");
            await Task.Delay(Interval, TimeProvider.System, ct);
        }
        throw Failed("pass-late", $"No pass has ended in {Longest.TotalMinutes} minutes. It may still come: 'perennial status' shows the newest, and the host's log what keeps it.");
    }

    private static ApiProblemException Failed(string code, string detail) =>
        new(new ProblemBody($"urn:perennial:problem:{code}", "No monitor pass", 500, code, detail, null));

    private async Task<PassSummary?> Newest(CancellationToken ct) =>
        (await client.Get<IReadOnlyList<PassSummary>>($"/api/models/{model}/monitor/reports?take=1", ct)).FirstOrDefault();

    private Task<MonitorState> State(CancellationToken ct) => client.Get<MonitorState>($"/api/models/{model}/monitor", ct);
}
