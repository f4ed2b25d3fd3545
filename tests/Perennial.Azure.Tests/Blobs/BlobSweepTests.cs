using Azure.Storage.Blobs;
using Perennial.Azure.Blobs;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Blobs;

[Collection(AzuriteCollection.Name)]
public sealed class BlobSweepTests
{
    private readonly MovedClock _clock = new(DateTimeOffset.UtcNow);
    private readonly AzureStorageOptions _options;
    private readonly BlobContentStore _store;
    private readonly BlobContentStore _otherProcess;

    public BlobSweepTests(Azurite azurite)
    {
        _options = azurite.Options();
        _store = AzureStores.Open(_options, _clock).Content;
        _otherProcess = AzureStores.Open(_options, _clock).Content;
    }

    [Fact]
    public async Task Old_content_is_removed_and_young_content_stays()
    {
        var hash = await _store.PutBytes("old"u8.ToArray());
        Assert.Equal([(hash, true)], await Sweep(removing: hash, removed: false));

        _clock.Now += TimeSpan.FromHours(2);
        Assert.Equal([(hash, false)], await Sweep(removing: hash, removed: true));
        Assert.Null(await _store.Open(hash));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_process_asks_for_after_the_list_is_not_removed(bool byPut)
    {
        var hash = await _store.PutBytes("old"u8.ToArray());
        _clock.Now += TimeSpan.FromHours(2);
        using var sweep = _store.Begin(TimeSpan.Zero);
        await foreach (var found in sweep.List()) Assert.False(found.IsYoung);

        if (byPut) await _otherProcess.PutBytes("old"u8.ToArray());
        else Assert.True(await _otherProcess.Exists(hash));

        Assert.False(await sweep.TryRemove(hash));
        Assert.True(await _store.Exists(hash));
    }

    [Fact]
    public async Task What_this_process_asks_for_during_the_sweep_is_touched()
    {
        var hash = await _store.PutBytes("old"u8.ToArray());
        _clock.Now += TimeSpan.FromHours(2);
        using var sweep = _store.Begin(TimeSpan.Zero);
        await foreach (var _ in sweep.List()) { }
        await _store.Exists(hash);
        Assert.Equal([hash], sweep.Touched);
        Assert.False(await sweep.TryRemove(hash));
    }

    [Fact]
    public void One_sweep_at_a_time()
    {
        using (_store.Begin(TimeSpan.Zero)) Assert.Throws<InvalidOperationException>(() => _store.Begin(TimeSpan.Zero));
        _store.Begin(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public async Task Content_of_a_wrong_length_is_healed_by_who_puts_it_again()
    {
        var hash = await _store.PutBytes("whole"u8.ToArray());
        var container = new BlobContainerClient(_options.ConnectionString, $"{_options.Prefix}-content");
        await container.GetBlobClient($"{hash}"[..2] + "/" + $"{hash}"[2..]).UploadAsync(new BinaryData("cut"u8.ToArray()), overwrite: true);
        await Assert.ThrowsAsync<DamagedContentException>(() => _store.GetBytes(hash));
        await _store.PutBytes("whole"u8.ToArray());
        Assert.Equal("whole"u8.ToArray(), await _store.GetBytes(hash));
    }

    [Fact]
    public async Task A_reader_goes_on_after_another_process_has_asked_for_the_content()
    {
        var content = new byte[10 * 1024 * 1024];
        new Random(1).NextBytes(content);
        var hash = await _store.PutBytes(content);
        await using var reader = (await _store.Open(hash))!;
        var read = new byte[content.Length];
        await reader.ReadExactlyAsync(read.AsMemory(0, 1000));

        _clock.Now += TimeSpan.FromHours(2);
        Assert.True(await _otherProcess.Exists(hash));

        await reader.ReadExactlyAsync(read.AsMemory(1000));
        Assert.Equal(content, read);
    }

    [Fact]
    public async Task A_reader_begins_wherever_it_wants()
    {
        var content = new byte[9 * 1024 * 1024];
        new Random(1).NextBytes(content);
        using var reader = (await _store.Open(await _store.PutBytes(content)))!;
        var bytes = new byte[100];

        Assert.Equal((content.Length, content.Length - 100L), (reader.Length, reader.Seek(-100, SeekOrigin.End)));
        reader.ReadExactly(bytes);
        Assert.Equal(content[^100..], bytes);
        Assert.Equal(0, await reader.ReadAsync(bytes));

        reader.Position = 50;
        Assert.Equal(5_000_000, reader.Seek(4_999_950, SeekOrigin.Current));
        await reader.ReadExactlyAsync(bytes);
        Assert.Equal(content[5_000_000..5_000_100], bytes);
        Assert.Equal(5_000_100, reader.Position);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Seek(-1, SeekOrigin.Begin));
    }

    [Fact]
    public async Task Content_that_does_not_fit_into_memory_goes_through_a_file()
    {
        var content = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(content);
        var hash = await _store.PutBytes(content);
        Assert.Equal(content, await _store.GetBytes(hash));
    }

    private async Task<List<(ContentHash, bool)>> Sweep(ContentHash removing, bool removed)
    {
        var found = new List<(ContentHash, bool)>();
        using var sweep = _store.Begin(TimeSpan.Zero);
        await foreach (var content in sweep.List()) found.Add((content.Hash, content.IsYoung));
        Assert.Equal(removed, await sweep.TryRemove(removing));
        return found;
    }
}
