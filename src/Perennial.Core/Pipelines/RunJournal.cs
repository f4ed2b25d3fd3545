using System.Globalization;
using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>Reads and changes the records of runs: table <c>runs</c>, partition the model, row the padded sequence number.</summary>
public sealed class RunJournal(ITableStore tables, IContentStore content, TimeProvider clock)
{
    internal const string Table = "runs";
    private const int MaxAttempts = 1000;

    /// <summary>The row of a run.</summary>
    public static string Row(int sequence) => sequence.ToString("D8", CultureInfo.InvariantCulture);

    /// <summary>The record, or null when there is no such run.</summary>
    public async Task<RunRecord?> Find(RunKey run, CancellationToken cancellationToken = default) =>
        await tables.Get(Table, run.Model, Row(run.Sequence), cancellationToken) is { } entity ? Read(entity) : null;

    /// <summary>What a run's record refers to; empty where nothing is there yet.</summary>
    public async Task<RunDetails> Details(RunRecord record, CancellationToken cancellationToken = default) =>
        record.Progress is { } progress ? await content.GetJson<RunDetails>(progress, cancellationToken) : RunDetails.Empty;

    /// <summary>Changes a record under its ETag; a lost race (trials end side by side) is tried again on what the winner wrote.</summary>
    public Task<RunRecord> Update(RunKey run, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken = default) =>
        Update(run, (record, details) => (change(record), details), cancellationToken);

    /// <summary>Changes record and details together.</summary>
    public async Task<RunRecord> Update(RunKey run, Func<RunRecord, RunDetails, (RunRecord Record, RunDetails Details)> change, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var entity = await tables.Get(Table, run.Model, Row(run.Sequence), cancellationToken)
                ?? throw new InvalidOperationException($"Run {run.Sequence} of model '{run.Model}' has no record.");
            var before = Read(entity);
            var details = await Details(before, cancellationToken);
            var (after, changed) = change(before, details);
            if (!ReferenceEquals(details, changed)) after = after with { Progress = await content.PutJson(changed, cancellationToken) };
            if (after == before) return before;
            var written = await tables.Write(Table, run.Model, [TableOperation.Replace(entity.Row, Properties(after), entity.ETag)], cancellationToken);
            if (written.Succeeded) return after;
        }
        throw new ActivityFailureException(new Failure("run-busy", $"The record of run {run.Sequence} of model '{run.Model}' is being changed by too many at once.", Retryable: true));
    }

    /// <summary>Notes that a stage has begun; a stage that began before begins anew.</summary>
    public Task<RunRecord> Begin(RunKey run, string stage, int? total = null, CancellationToken cancellationToken = default) => Update(run, record =>
    {
        var known = record.Stages.FirstOrDefault(s => s.Name == stage);
        var begun = new StageRecord(stage, StageStatus.Running, clock.GetUtcNow(), Total: total, Done: total is null ? null : 0);
        return record with { Stages = known is null ? [.. record.Stages, begun] : [.. record.Stages.TakeWhile(s => s.Name != stage), begun] };
    }, cancellationToken);

    /// <summary>Notes that a stage is done.</summary>
    public Task<RunRecord> Done(RunKey run, string stage, string? summary, bool cached, CancellationToken cancellationToken = default) =>
        Update(run, record => WithStage(record, stage, s => s with { Status = StageStatus.Done, EndedAt = clock.GetUtcNow(), Summary = Clip(summary), Cached = cached }), cancellationToken);

    internal static RunRecord WithStage(RunRecord record, string stage, Func<StageRecord, StageRecord> change) =>
        record with { Stages = [.. record.Stages.Select(s => s.Name == stage ? change(s) : s)] };

    internal static RunRecord Read(TableEntity entity) => JsonSerializer.Deserialize<RunRecord>(entity.Properties["json"], CoreJson.Options)!;

    internal static Dictionary<string, string> Properties<T>(T value) => new() { ["json"] = JsonSerializer.Serialize(value, CoreJson.Options) };

    /// <summary>A record is one table property, which has a limit; a message of a page says as much as one of ten.</summary>
    internal static string? Clip(string? text, int most = 1000) => text is null || text.Length <= most ? text : text[..most] + "...";
}
