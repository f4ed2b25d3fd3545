using System.Security.Cryptography;
using System.Text.Json;

namespace Perennial.Core.Ports;

/// <summary>Whole values in and out of a content store.</summary>
public static class ContentStoreExtensions
{
    /// <summary>Stores bytes.</summary>
    public static async Task<ContentHash> PutBytes(this IContentStore store, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return await store.Put(stream, cancellationToken);
    }

    /// <summary>Stores a value as JSON (<see cref="CoreJson.Options"/>: members in declared order, so equal values are equal bytes).</summary>
    public static Task<ContentHash> PutJson<T>(this IContentStore store, T value, CancellationToken cancellationToken = default) =>
        store.PutBytes(JsonSerializer.SerializeToUtf8Bytes(value, CoreJson.Options), cancellationToken);

    /// <summary>Reads all bytes of content that must be there and must have the hash that names it.</summary>
    /// <exception cref="MissingContentException">It is not there: a dangling reference, which is a fault.</exception>
    /// <exception cref="DamagedContentException">Its bytes are not those that were stored.</exception>
    public static async Task<byte[]> GetBytes(this IContentStore store, ContentHash hash, CancellationToken cancellationToken = default)
    {
        await using var stream = await store.Open(hash, cancellationToken) ?? throw new MissingContentException(hash);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return ContentHash.Of(bytes) == hash ? bytes : throw new DamagedContentException(hash);
    }

    /// <summary>
    /// A stream over content that must be there, at its beginning, once all of it was read and has the hash that names it; for content too
    /// large for <see cref="GetBytes"/>.
    /// </summary>
    /// <exception cref="MissingContentException">It is not there: a dangling reference, which is a fault.</exception>
    /// <exception cref="DamagedContentException">Its bytes are not those that were stored.</exception>
    public static async Task<Stream> OpenVerified(this IContentStore store, ContentHash hash, CancellationToken cancellationToken = default)
    {
        var stream = await store.Open(hash, cancellationToken) ?? throw new MissingContentException(hash);
        try
        {
            if (ContentHash.FromBytes(await SHA256.HashDataAsync(stream, cancellationToken)) != hash) throw new DamagedContentException(hash);
            stream.Position = 0;
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads a JSON value that must be there.</summary>
    /// <exception cref="MissingContentException">It is not there: a dangling reference, which is a fault.</exception>
    /// <exception cref="DamagedContentException">Its bytes are not those that were stored.</exception>
    public static async Task<T> GetJson<T>(this IContentStore store, ContentHash hash, CancellationToken cancellationToken = default) =>
        JsonSerializer.Deserialize<T>(await store.GetBytes(hash, cancellationToken), CoreJson.Options)
        ?? throw new JsonException($"Content {hash} is a JSON null.");
}
