namespace Perennial.Core.Serving.Traffic;

/// <summary>When what was read of a log is sealed, and how.</summary>
/// <param name="Records">So many records that are not sealed are; a process that starts cold reads fewer than these from the log, besides those that nobody has looked at.</param>
/// <param name="Bytes">So many bytes that are not sealed are, too.</param>
/// <param name="PageEntries">Entries a page of a run: the least that is read to find one.</param>
/// <param name="CacheBytes">Bytes of pages, as they are stored, that a process keeps.</param>
internal sealed record TrafficSealing(int Records, long Bytes, int PageEntries, long CacheBytes)
{
    /// <summary>20,000 records, 32 MiB, 8,192 entries, 64 MiB.</summary>
    public static TrafficSealing Default { get; } = new(20_000, 32 * 1024 * 1024, 8_192, 64 * 1024 * 1024);
}
