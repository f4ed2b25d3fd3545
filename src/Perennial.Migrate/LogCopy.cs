using Perennial.Core.Ports;
using Perennial.Core.Serving;

namespace Perennial.Migrate;

/// <summary>Copies the models' streams. What an earlier attempt copied must be the beginning of a stream; the copy goes on after it.</summary>
internal sealed class LogCopy(IPredictionLog from, IPredictionLog to, IProgress<MigrationProgress>? progress)
{
    private const int Page = 1000;

    public async Task<int> Run(IEnumerable<string> models, CancellationToken cancellationToken)
    {
        var copied = 0;
        foreach (var stream in models.SelectMany(model => new[] { LogStreams.Predictions(model), LogStreams.Labels(model) }))
        {
            await using var there = Records(to, stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using var source = Records(from, stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await there.MoveNextAsync())
            {
                if (!await source.MoveNextAsync() || !Same(there.Current, source.Current))
                    throw new MigrationException(
                        $"The target's stream '{stream}' holds a record that the source does not: a host has written to one of them since an earlier migration was cut off. Choose another --prefix, account or folder.");
                copied++;
            }
            copied += await Rest(stream, source, copied, cancellationToken);
            await Compare(stream, cancellationToken);
        }
        return copied;
    }

    private async Task<int> Rest(string stream, IAsyncEnumerator<LogRecord> source, int before, CancellationToken cancellationToken)
    {
        var (copied, page) = (0, new List<LogRecord>(Page));
        while (await source.MoveNextAsync())
        {
            page.Add(source.Current);
            copied++;
            if (page.Count < Page) continue;
            await to.Append(stream, page, cancellationToken);
            progress?.Report(new MigrationProgress("Predictions and labels", before + copied, null));
            page = new List<LogRecord>(Page);
        }
        if (page.Count > 0) await to.Append(stream, page, cancellationToken);
        return copied;
    }

    private async Task Compare(string stream, CancellationToken cancellationToken)
    {
        await using var there = Records(to, stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await foreach (var record in Records(from, stream, cancellationToken))
            if (!await there.MoveNextAsync() || !Same(there.Current, record)) throw Differs($"The stream '{stream}' differs in the target.");
        if (await there.MoveNextAsync()) throw Differs($"The stream '{stream}' is longer in the target.");
    }

    private static MigrationException Differs(string what) =>
        new($"{what} Somebody else writes to one of them: stop the hosts of both, and start the migration again.", MigrateExitCodes.Damaged);

    private static bool Same(LogRecord one, LogRecord other) => one.Time.EqualsExact(other.Time) && one.Payload.Span.SequenceEqual(other.Payload.Span);

    private static async IAsyncEnumerable<LogRecord> Records(
        IPredictionLog log, string stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        while (await log.Read(stream, cursor, Page, cancellationToken) is { Records.Count: > 0 } page)
        {
            foreach (var record in page.Records) yield return record;
            cursor = page.Cursor;
        }
    }
}
