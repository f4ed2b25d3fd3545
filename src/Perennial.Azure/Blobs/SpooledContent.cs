using System.Buffers;
using System.Security.Cryptography;
using Perennial.Core.Ports;

namespace Perennial.Azure.Blobs;

/// <summary>Content that was read to its end, so that its hash is known before its name is needed: small in memory, large in a file.</summary>
internal sealed class SpooledContent : IAsyncDisposable
{
    private const int InMemoryBytes = 8 * 1024 * 1024;
    private const int BufferBytes = 128 * 1024;

    private SpooledContent(Stream bytes, ContentHash hash) => (Bytes, Hash) = (bytes, hash);

    /// <summary>All bytes, at their beginning.</summary>
    public Stream Bytes { get; }

    /// <summary>Their hash.</summary>
    public ContentHash Hash { get; }

    public static async Task<SpooledContent> Read(Stream content, CancellationToken cancellationToken)
    {
        Stream bytes = new MemoryStream();
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await content.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken)) > 0;)
            {
                sum.AppendData(buffer, 0, read);
                if (bytes is MemoryStream memory && memory.Length + read > InMemoryBytes) bytes = await ToFile(memory, cancellationToken);
                await bytes.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            bytes.Position = 0;
            return new SpooledContent(bytes, ContentHash.FromBytes(sum.GetHashAndReset()));
        }
        catch
        {
            await bytes.DisposeAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask DisposeAsync() => Bytes.DisposeAsync();

    private static async Task<Stream> ToFile(MemoryStream memory, CancellationToken cancellationToken)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        memory.Position = 0;
        await memory.CopyToAsync(file, cancellationToken);
        return file;
    }
}
