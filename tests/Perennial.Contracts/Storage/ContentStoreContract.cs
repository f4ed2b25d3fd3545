using Perennial.Core.Ports;

namespace Perennial.Contracts.Storage;

/// <summary>What every content store does.</summary>
public abstract class ContentStoreContract
{
    protected abstract IContentStore Store { get; }

    [Fact]
    public async Task Content_comes_back_under_its_hash()
    {
        var content = Some(300_000, 1);
        var hash = await Store.PutBytes(content);
        Assert.Equal(ContentHash.Of(content), hash);
        Assert.True(await Store.Exists(hash));
        Assert.Equal(content, await Store.GetBytes(hash));
    }

    [Fact]
    public async Task Empty_content_is_content()
    {
        var hash = await Store.PutBytes(Array.Empty<byte>());
        Assert.Empty(await Store.GetBytes(hash));
    }

    [Fact]
    public async Task A_stream_can_be_sought_and_not_written()
    {
        var content = Some(5000, 2);
        await using var stream = await Store.Open(await Store.PutBytes(content));
        Assert.NotNull(stream);
        Assert.True(stream.CanSeek);
        Assert.False(stream.CanWrite);
        Assert.Equal(5000, stream.Length);
        stream.Seek(-10, SeekOrigin.End);
        var end = new byte[10];
        await stream.ReadExactlyAsync(end);
        Assert.Equal(content[^10..], end);
        stream.Position = 3;
        Assert.Equal(content[3], stream.ReadByte());
    }

    [Fact]
    public async Task Missing_content_is_null_or_false()
    {
        var hash = ContentHash.Of("nowhere"u8);
        Assert.Null(await Store.Open(hash));
        Assert.False(await Store.Exists(hash));
        Assert.False(await Store.Delete(hash));
        await Assert.ThrowsAsync<MissingContentException>(() => Store.GetBytes(hash));
    }

    [Fact]
    public async Task Putting_the_same_twice_or_at_once_keeps_one()
    {
        var content = Some(100_000, 3);
        var hashes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.PutBytes(content))));
        Assert.Single(hashes.Distinct());
        Assert.Equal(content, await Store.GetBytes(hashes[0]));
        Assert.Single(await All());
    }

    [Fact]
    public async Task Deleted_content_is_gone_and_can_be_put_again()
    {
        var hash = await Store.PutBytes(Some(10, 4));
        Assert.True(await Store.Delete(hash));
        Assert.False(await Store.Exists(hash));
        Assert.Empty(await All());
        await Store.PutBytes(Some(10, 4));
        Assert.True(await Store.Exists(hash));
    }

    [Fact]
    public async Task The_list_is_in_ordinal_order()
    {
        var hashes = new List<ContentHash>();
        for (var i = 0; i < 40; i++) hashes.Add(await Store.PutBytes(Some(20, 100 + i)));
        Assert.Equal(hashes.OrderBy(hash => hash.ToString(), StringComparer.Ordinal), await All());
    }

    [Fact]
    public async Task A_put_whose_source_breaks_stores_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => Store.Put(new BrokenStream(Some(200_000, 5))));
        Assert.Empty(await All());
    }

    protected static byte[] Some(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task<List<ContentHash>> All()
    {
        var all = new List<ContentHash>();
        await foreach (var hash in Store.List()) all.Add(hash);
        return all;
    }

    private sealed class BrokenStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position > 0 ? throw new IOException("The source broke.") : base.ReadAsync(buffer[..100], cancellationToken);

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            throw new IOException("The source broke.");
    }
}
