namespace Perennial.Azure.Predictions;

/// <summary>How a log writes.</summary>
/// <param name="Linger">How long a batch waits for company at most, and only while batches follow each other that fast.</param>
/// <param name="MaxBlocks">A blob with so many blocks gets a successor; Azure takes 50,000.</param>
/// <param name="MaxBlockBytes">Bytes of a block at most.</param>
/// <param name="Settle">
/// So long after its end an hour is taken for finished: no writer's clock is that wrong, and no append takes that long.
/// </param>
public sealed record AppendBlobLogOptions(TimeSpan Linger, int MaxBlocks, int MaxBlockBytes, TimeSpan Settle)
{
    /// <summary>20 ms, 49,000 blocks, 4 MiB, two hours.</summary>
    public static AppendBlobLogOptions Default { get; } = new(TimeSpan.FromMilliseconds(20), 49_000, 4 * 1024 * 1024, TimeSpan.FromHours(2));
}
