using System.Globalization;
using System.Text.Json;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Core.Monitoring;

/// <summary>
/// What monitors have seen: table <c>monitoring</c>, partition the model, rows <c>head</c>, <c>pass-{number}</c> (the report's hash) and
/// <c>alert-{number}</c>. A pass is one batch: head, pass and alerts change together or not at all.
/// </summary>
public sealed class MonitorJournal(ITableStore tables, IContentStore content)
{
    private const string Table = "monitoring";
    private const string HeadRow = "head";

    /// <summary>The head; an empty one before the first pass.</summary>
    public async Task<StoredHead> Head(string model, CancellationToken cancellationToken) =>
        await tables.Get(Table, model, HeadRow, cancellationToken) is { } entity
            ? new StoredHead(Read<MonitorHead>(entity), entity.ETag)
            : new StoredHead(MonitorHead.Empty, null);

    /// <summary>The newest reports, newest first.</summary>
    public async Task<IReadOnlyList<MonitorReport>> Reports(string model, int take, CancellationToken cancellationToken)
    {
        var head = await Head(model, cancellationToken);
        var first = Math.Max(1, head.State.Pass - take + 1);
        var rows = await Range(model, Row("pass", first), "pass.", cancellationToken);
        var reports = new List<MonitorReport>();
        foreach (var row in rows.Reverse()) reports.Add(await content.GetJson<MonitorReport>(ContentHash.Parse(row.Properties["report"]), cancellationToken));
        return reports;
    }

    /// <summary>The report of a pass, or null.</summary>
    public async Task<MonitorReport?> Report(string model, int pass, CancellationToken cancellationToken) =>
        await tables.Get(Table, model, Row("pass", pass), cancellationToken) is { } row
            ? await content.GetJson<MonitorReport>(ContentHash.Parse(row.Properties["report"]), cancellationToken)
            : null;

    /// <summary>All alerts, newest first.</summary>
    public async Task<IReadOnlyList<Alert>> Alerts(string model, CancellationToken cancellationToken) =>
        [.. (await Range(model, "alert-", "alert.", cancellationToken)).Select(Read<Alert>).Reverse()];

    /// <summary>Writes a pass; false when another pass was first, and then nothing has changed.</summary>
    public async Task<bool> Commit(string model, StoredHead before, MonitorHead after, ContentHash report, IEnumerable<(int Number, Alert Alert)> alerts, CancellationToken cancellationToken)
    {
        var operations = new List<TableOperation>
        {
            Put(HeadRow, after, before.ETag),
            TableOperation.Insert(Row("pass", after.Pass), new Dictionary<string, string> { ["report"] = report.ToString() }),
        };
        operations.AddRange(alerts.Select(a => TableOperation.Upsert(Row("alert", a.Number), Json(a.Alert))));
        return (await tables.Write(Table, model, operations, cancellationToken)).Succeeded;
    }

    /// <summary>Forgets what the last pass still had to tell.</summary>
    public async Task ClearOutbox(string model, StoredHead told, CancellationToken cancellationToken) =>
        await tables.Write(Table, model, [Put(HeadRow, told.State with { Outbox = [], Trigger = null }, told.ETag)], cancellationToken);

    private static TableOperation Put<T>(string row, T value, string? etag) =>
        etag is null ? TableOperation.Insert(row, Json(value)) : TableOperation.Replace(row, Json(value), etag);

    private Task<IReadOnlyList<TableEntity>> Range(string model, string from, string to, CancellationToken cancellationToken) =>
        tables.QueryAll(new TableQuery(Table, model, from, to), cancellationToken);

    private static string Row(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:D8}");

    private static Dictionary<string, string> Json<T>(T value) => new() { ["json"] = JsonSerializer.Serialize(value, CoreJson.Options) };

    private static T Read<T>(TableEntity entity) => JsonSerializer.Deserialize<T>(entity.Properties["json"], CoreJson.Options)!;
}

/// <summary>A head with the ETag it was read under; null before the first pass.</summary>
public sealed record StoredHead(MonitorHead State, string? ETag);

/// <summary>Where a model's monitor stands.</summary>
/// <param name="Pass">The number of the last pass.</param>
/// <param name="LastPassAt">When it was.</param>
/// <param name="LastKey">The key it was asked for under: a repeated step sees that it has been done.</param>
/// <param name="LastAlert">The number of the last alert.</param>
/// <param name="Outbox">What the last pass still has to tell.</param>
/// <param name="Trigger">The run that the last pass still has to ask for.</param>
public sealed record MonitorHead(int Pass, DateTimeOffset? LastPassAt, string? LastKey, int LastAlert, IReadOnlyList<AlertChange> Outbox, RunTrigger? Trigger)
{
    /// <summary>Before the first pass.</summary>
    public static MonitorHead Empty { get; } = new(0, null, null, 0, [], null);
}

/// <summary>An alert that a pass opened or closed.</summary>
/// <param name="Kind"><c>alert-opened</c> or <c>alert-closed</c>.</param>
/// <param name="Alert">The alert as it now is.</param>
public sealed record AlertChange(string Kind, Alert Alert);
