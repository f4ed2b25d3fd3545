namespace Perennial.Core.Ports;

/// <summary>Lets a collection remove content while the store is written to.</summary>
public interface IContentSweeper
{
    /// <summary>Begins a sweep; it ends when it is disposed of.</summary>
    /// <param name="grace">Content that was put or looked for within this time stays, by the store's own clock.</param>
    /// <exception cref="InvalidOperationException">Another sweep has not ended.</exception>
    IContentSweep Begin(TimeSpan grace);
}

/// <summary>
/// A sweep. What is put, or asked for by <see cref="IContentStore.Exists"/>, from its beginning on is never removed by it, so that who was
/// told that content is there can build upon it.
/// </summary>
public interface IContentSweep : IDisposable
{
    /// <summary>All content as it is now; what is put meanwhile may be left out.</summary>
    IAsyncEnumerable<StoredContent> List(CancellationToken cancellationToken = default);

    /// <summary>What was put or asked for since the sweep began.</summary>
    IReadOnlyCollection<ContentHash> Touched { get; }

    /// <summary>Removes content; false when it is gone already, is young, or was touched since the sweep began.</summary>
    Task<bool> TryRemove(ContentHash hash, CancellationToken cancellationToken = default);
}

/// <summary>Content as a sweep sees it.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsYoung">Whether it was put or looked for within the grace.</param>
public sealed record StoredContent(ContentHash Hash, long Bytes, bool IsYoung);
