namespace Perennial.Core.Ports;

/// <summary>
/// Append-only streams of records, named <c>predictions/{model}</c>, <c>labels/{model}</c> and the like. A stream that was never
/// written is empty. Records of one append stay together and in order. Safe for concurrent use.
/// </summary>
public interface IPredictionLog
{
    /// <summary>Acknowledges when all records are durable. When it throws, none, some or all of them may be durable.</summary>
    Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default);

    /// <summary>
    /// At most <paramref name="take"/> records after <paramref name="cursor"/> (null: from the beginning) and the cursor after them.
    /// A cursor is opaque text, ordered only by use: every acknowledged record is met exactly once by following cursors, also one
    /// that was appended late by another writer. No records and the same cursor mean that there is no more for now.
    /// </summary>
    Task<LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default);
}

/// <summary>One record of a log.</summary>
/// <param name="Time">When it happened, by the host's clock.</param>
/// <param name="Payload">Opaque bytes, at most 1 MiB.</param>
public sealed record LogRecord(DateTimeOffset Time, ReadOnlyMemory<byte> Payload);

/// <summary>Some records and where to go on.</summary>
/// <param name="Records">In the order of appending, per writer.</param>
/// <param name="Cursor">Where the next read goes on; null only while the stream is empty.</param>
public sealed record LogPage(IReadOnlyList<LogRecord> Records, string? Cursor);
