using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Core.Data;
using Perennial.Core.Governance;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;

namespace Perennial.Kills.Checks;

/// <summary>Looks at a model through the public API, as any client can.</summary>
internal static class ServingHost
{
    private const int Page = 1000;

    /// <summary>What the host tells of the model; null when it does not know it.</summary>
    public static async Task<ModelView?> Look(PerennialClient client, string model, string source)
    {
        var path = $"/api/models/{model}";
        ModelStatus status;
        try
        {
            status = await client.Get<ModelStatus>(path);
        }
        catch (ApiProblemException problem) when (problem.Problem.Code == "model-unknown")
        {
            return null;
        }
        // A request moves from the pending ones into a run, never back: read in this order it is seen at least once.
        var runs = await client.Get<IReadOnlyList<RunRecord>>($"{path}/runs?take={Page}");
        return new ModelView(
            source,
            status.Model.SpecRevision,
            [.. runs.Reverse()],
            status.PendingTriggers,
            await client.Get<IReadOnlyList<ModelVersion>>($"{path}/versions"),
            await client.Get<IReadOnlyList<ModelAlias>>($"{path}/aliases"),
            await Audit(client, path),
            null,
            [.. (await client.Get<IReadOnlyList<Dataset>>($"{path}/datasets")).Select(d => d.Id)],
            null,
            []);
    }

    private static async Task<IReadOnlyList<AuditEntry>> Audit(PerennialClient client, string path)
    {
        var entries = new List<AuditEntry>();
        IReadOnlyList<AuditEntry> page;
        do
        {
            page = await client.Get<IReadOnlyList<AuditEntry>>($"{path}/audit?after={entries.Count}&take={Page}");
            entries.AddRange(page);
        }
        while (page.Count == Page);
        return entries;
    }
}
