using System.Text;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Predictions;

/// <summary>Appends whose answers are lost, and many writers that roll over.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class AppendFaultTests(Azurite azurite)
{
    private readonly AzureStorageOptions _options = azurite.Options() with { RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.FromMilliseconds(1), MaxRetries = 2 };

    [Fact]
    public async Task An_append_whose_answer_was_lost_is_there_once()
    {
        using var between = Losing(append: 2, times: 1);
        await using var log = Open(between);
        for (var i = 0; i < 4; i++) await log.Append("s", [Record($"{i}")]);
        Assert.Equal(["0", "1", "2", "3"], await Read(log));
        Assert.Equal(1, await Blobs());
    }

    [Fact]
    public async Task After_an_append_of_which_nothing_is_known_the_next_go_into_another_blob_and_are_read_after_it()
    {
        using var between = Losing(append: 2, times: 99);
        await using (var log = Open(between))
        {
            await log.Append("s", [Record("0")]);
            // The answers are lost, and so is the question how long the blob is.
            await Assert.ThrowsAnyAsync<Exception>(() => log.Append("s", [Record("1")]));
            between.IsWhole = true;
            await log.Append("s", [Record("2")]);
        }
        // It was told to have failed and may be there all the same; what was acknowledged is there.
        var read = await Read(Open(null));
        Assert.Equal(["0", "2"], read.Where(text => text != "1"));
        Assert.Equal(2, await Blobs());
    }

    [Fact]
    public async Task Writers_that_roll_over_side_by_side_lose_nothing_and_keep_their_order()
    {
        var options = AppendBlobLogOptions.Default with { MaxBlocks = 3, MaxBlockBytes = 64, Linger = TimeSpan.Zero };
        var logs = Enumerable.Range(0, 3).Select(_ => AzureStores.Open(_options, TimeProvider.System, options).Log).ToArray();
        // Several callers each, so that appends share blocks and a roll-over falls between them.
        await Task.WhenAll(from writer in Enumerable.Range(0, 3)
                           from caller in Enumerable.Range(0, 3)
                           select Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++) await logs[writer].Append("s", [Record($"{writer}{caller} {i:D2} a"), Record($"{writer}{caller} {i:D2} b")]);
        }));
        var read = await Read(logs[0]);
        Assert.Equal(3 * 3 * 12 * 2, read.Count);
        foreach (var caller in read.GroupBy(text => text[..2]))
            Assert.Equal(Enumerable.Range(0, 12).SelectMany(i => new[] { $"{caller.Key} {i:D2} a", $"{caller.Key} {i:D2} b" }), caller);
        foreach (var log in logs) await log.DisposeAsync();
    }

    [Fact]
    public void Numbers_of_blobs_keep_their_order_however_many_there_are()
    {
        var writer = LogBlobName.NewWriter(DateTimeOffset.UnixEpoch);
        var names = new[] { 1, 9_999, 10_000, 99_999, 100_000 }.Select(number => LogBlobName.Of("2001-02-03/04", writer, number)).ToArray();
        Assert.Equal(names, names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.True(LogBlobName.IsOne(name)));
    }

    private static LogRecord Record(string text) => new(DateTimeOffset.UtcNow, Encoding.UTF8.GetBytes(text));

    private static async Task<List<string>> Read(AppendBlobLog log)
    {
        var found = new List<string>();
        string? cursor = null;
        while (await log.Read("s", cursor, 7) is { Records.Count: > 0 } page)
        {
            found.AddRange(page.Records.Select(record => Encoding.UTF8.GetString(record.Payload.Span)));
            cursor = page.Cursor;
        }
        return found;
    }

    private AppendBlobLog Open(Lossy? between) => AzureStores.Open(_options, TimeProvider.System, AppendBlobLogOptions.Default, between?.Handler.Transport()).Log;

    private async Task<int> Blobs() =>
        await new global::Azure.Storage.Blobs.BlobContainerClient(_options.ConnectionString, $"{_options.Prefix}-log").GetBlobsAsync().CountAsync();

    private static Lossy Losing(int append, int times) => new(append, times);

    /// <summary>Does an append and then loses its answer, and those of so many requests in all.</summary>
    private sealed class Lossy : IDisposable
    {
        private int _appends;
        private int _lost;

        public Lossy(int append, int times) => Handler = new Between(async (request, send) =>
        {
            if (request.RequestUri!.Query.Contains("comp=appendblock", StringComparison.Ordinal)) _appends++;
            var response = await send();
            if (IsWhole || _appends < append || _lost == times) return response;
            _lost++;
            response.Dispose();
            return Between.Fault(500, "InternalError");
        });

        public Between Handler { get; }

        public bool IsWhole { get; set; }

        public void Dispose() => Handler.Dispose();
    }
}
