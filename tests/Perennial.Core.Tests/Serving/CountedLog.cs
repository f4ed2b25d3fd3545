using Perennial.Core.Ports;

namespace Perennial.Core.Tests.Serving;

/// <summary>A log that counts what is read of it, and takes no other log's cursors.</summary>
internal sealed class CountedLog(IPredictionLog log, string name) : IPredictionLog
{
    public int Read { get; set; }

    public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default) => log.Append(stream, records, cancellationToken);

    async Task<LogPage> IPredictionLog.Read(string stream, string? cursor, int take, CancellationToken cancellationToken)
    {
        if (cursor is not null && !cursor.StartsWith(name, StringComparison.Ordinal)) throw new ArgumentException($"'{cursor}' is no cursor of this log.");
        var page = await log.Read(stream, cursor?[name.Length..], take, cancellationToken);
        Read += page.Records.Count;
        return page with { Cursor = page.Cursor is null ? null : name + page.Cursor };
    }
}
