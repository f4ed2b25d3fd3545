using System.Text;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Ends a run: its last state and its report are one write, so whoever sees that it has ended finds the report.</summary>
internal static class RunEnd
{
    /// <summary>
    /// Whether the run has not ended. A step that ended it is repeated where a crash came before its result was noted: it must neither move
    /// the end nor decide anew, since people may have decided otherwise meanwhile.
    /// </summary>
    public static async Task<bool> IsOpen(PipelineServices services, RunKey run, CancellationToken cancellationToken) =>
        await services.Journal.Find(run, cancellationToken) is { Status: RunStatus.Running or RunStatus.AwaitingApproval };

    /// <summary>Changes the record to its last state, with a report of just that state.</summary>
    public static async Task<RunRecord> Write(PipelineServices services, RunKey run, Func<RunRecord, RunRecord> end, CancellationToken cancellationToken)
    {
        ContentHash? report = null;
        try
        {
            if (await services.Journal.Find(run, cancellationToken) is { } record) report = await Render(services, end(record), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What was decided does not wait for a page: the report's own step draws it again.
        }
        return await services.Journal.Update(run, r => end(r) with { Report = report }, cancellationToken);
    }

    /// <summary>Renders a report; null where the host wants none.</summary>
    public static async Task<ContentHash?> Render(PipelineServices services, RunRecord record, CancellationToken cancellationToken)
    {
        if (services.Report is null) return null;
        var html = await services.Report(record, await services.Journal.Details(record, cancellationToken), cancellationToken);
        return await services.Content.PutBytes(Encoding.UTF8.GetBytes(html), cancellationToken);
    }
}
