using System.Globalization;
using System.Text.Json;
using Perennial.Core.Governance;
using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>
/// One mutation of a model's partition: rows read after the audit head, changes to them, and exactly one audit entry. Since every
/// mutation replaces the head under its ETag, two of them can never interleave.
/// </summary>
internal sealed class RegistryBatch
{
    public const string Table = "registry";
    public const string HeadRow = "audit";

    private readonly ITableStore _tables;
    private readonly string _model;
    private readonly TableEntity? _headEntity;
    private readonly Dictionary<string, TableEntity?> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TableOperation> _changes = new(StringComparer.Ordinal);

    private RegistryBatch(ITableStore tables, string model, TableEntity? head, DateTimeOffset now)
    {
        _tables = tables;
        _model = model;
        _headEntity = head;
        Head = head is null ? new AuditHead(0, "") : Read<AuditHead>(head);
        Now = now;
    }

    public AuditHead Head { get; }

    public DateTimeOffset Now { get; }

    public bool IsEmpty => _changes.Count == 0;

    public static string VersionRow(int version) => string.Create(CultureInfo.InvariantCulture, $"version-{version:D8}");

    public static string AliasRow(string alias) => $"alias-{alias}";

    public static string RunRow(string run) => $"run-{run}";

    // Sorts behind all rows that are read as ranges.
    public static string OnceRow(string kind, string run) => $"once-{kind}-{run}";

    public static string AuditRow(int sequence) => string.Create(CultureInfo.InvariantCulture, $"audit-{sequence:D10}");

    public static T Read<T>(TableEntity entity) => JsonSerializer.Deserialize<T>(entity.Properties["json"], CoreJson.Options)!;

    public static async Task<RegistryBatch> Begin(ITableStore tables, string model, DateTimeOffset now, CancellationToken cancellationToken) =>
        new(tables, model, await tables.Get(Table, model, HeadRow, cancellationToken), now);

    public async Task<T?> Find<T>(string row, CancellationToken cancellationToken)
        where T : class
    {
        if (!_read.TryGetValue(row, out var entity)) _read[row] = entity = await _tables.Get(Table, _model, row, cancellationToken);
        return entity is null ? null : Read<T>(entity);
    }

    /// <summary>Writes a row that was looked for with <see cref="Find"/>: under its ETag, or as new where there was none.</summary>
    public void Set<T>(string row, T value)
    {
        var properties = Properties(value);
        _changes[row] = _read[row] is { } entity
            ? TableOperation.Replace(row, properties, entity.ETag)
            : TableOperation.Insert(row, properties);
    }

    /// <summary>Removes a row that <see cref="Find"/> has found.</summary>
    public void Remove(string row) => _changes[row] = TableOperation.Delete(row, _read[row]!.ETag);

    public AuditEntry Audit(string kind, string actor, string reason, int? version = null, string? run = null)
    {
        var entry = AuditChain.Seal(new AuditEntry(Head.Sequence + 1, Now, kind, actor, reason, version, run, Head.Hash, ""));
        _changes[AuditRow(entry.Sequence)] = TableOperation.Insert(AuditRow(entry.Sequence), Properties(entry));
        var head = Properties(new AuditHead(entry.Sequence, entry.Hash));
        _changes[HeadRow] = _headEntity is null
            ? TableOperation.Insert(HeadRow, head)
            : TableOperation.Replace(HeadRow, head, _headEntity.ETag);
        return entry;
    }

    public async Task<bool> Commit(CancellationToken cancellationToken)
    {
        if (!_changes.ContainsKey(HeadRow)) throw new InvalidOperationException("A change of the registry without an audit entry.");
        return (await _tables.Write(Table, _model, [.. _changes.Values], cancellationToken)).Succeeded;
    }

    private static Dictionary<string, string> Properties<T>(T value) => new() { ["json"] = JsonSerializer.Serialize(value, CoreJson.Options) };
}

/// <summary>The newest entry of a model's chain.</summary>
internal sealed record AuditHead(int Sequence, string Hash);

/// <summary>The last version number given.</summary>
internal sealed record VersionCounter(int Last);

/// <summary>Which version a run registered.</summary>
internal sealed record RunVersion(int Version);
