namespace Perennial.Core.Ports;

/// <summary>
/// Small mutable blobs (at most 4 MiB) with an ETag each. Missing is null or false; a lost race is a null ETag, never an exception.
/// Names are 1 to 512 ASCII characters of letters, digits, <c>- _ . /</c>, with no empty, <c>.</c> or <c>..</c> segment.
/// </summary>
public interface INamedBlobs
{
    /// <summary>The blob, or null when there is none.</summary>
    Task<NamedBlob?> Read(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes durably and returns the new ETag. <paramref name="ifMatch"/>: null writes only where there is no blob of that name; an
    /// ETag, only while the blob still has it; <c>"*"</c>, always. Returns null when that did not hold, and then nothing has changed.
    /// </summary>
    Task<string?> Write(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken = default);

    /// <summary>Removes the blob; true when it was there.</summary>
    Task<bool> Delete(string name, CancellationToken cancellationToken = default);

    /// <summary>The names that start with <paramref name="prefix"/>, in ordinal order.</summary>
    IAsyncEnumerable<string> List(string prefix, CancellationToken cancellationToken = default);
}

/// <summary>A blob's content and ETag.</summary>
/// <param name="Content">All of its bytes.</param>
/// <param name="ETag">Changes with every write.</param>
public sealed record NamedBlob(ReadOnlyMemory<byte> Content, string ETag);
