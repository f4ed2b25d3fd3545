using System.Text;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Predictions;

[Collection(AzuriteCollection.Name)]
public sealed class AppendBlobLogTests : IAsyncLifetime
{
    private readonly MovedClock _clock = new(new DateTimeOffset(2001, 2, 3, 23, 10, 0, TimeSpan.Zero));
    private readonly AzureStorageOptions _options;
    private readonly AppendBlobLog _log;

    public AppendBlobLogTests(Azurite azurite)
    {
        _options = azurite.Options();
        _log = Open(AppendBlobLogOptions.Default);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _log.DisposeAsync();

    [Fact]
    public async Task A_record_that_another_process_appends_late_to_an_earlier_hour_is_met()
    {
        await using var late = Open(AppendBlobLogOptions.Default);
        await late.Append("s", [Record("1")]);
        await _log.Append("s", [Record("2")]);
        var (found, cursor) = await Follow(null);
        Assert.Equal(["1", "2"], found.Order());

        _clock.Now += TimeSpan.FromHours(1);
        await _log.Append("s", [Record("3")]);
        (found, cursor) = await Follow(cursor);
        Assert.Equal(["3"], found);

        // Its clock is an hour behind, and there was midnight between.
        _clock.Now -= TimeSpan.FromHours(1);
        await late.Append("s", [Record("late")]);
        _clock.Now += TimeSpan.FromHours(1);
        (found, _) = await Follow(cursor);
        Assert.Equal(["late"], found);
    }

    [Fact]
    public async Task The_cursor_stays_short_however_many_hours_pass()
    {
        string? cursor = null;
        var lengths = new List<int>();
        for (var hour = 0; hour < 30; hour++)
        {
            await _log.Append("s", [Record($"{hour}")]);
            (var found, cursor) = await Follow(cursor);
            Assert.Equal([$"{hour}"], found);
            lengths.Add(cursor!.Length);
            _clock.Now += TimeSpan.FromHours(1);
        }
        Assert.Equal(lengths[10], lengths[^1]);
        Assert.Equal(Enumerable.Range(0, 30).Select(hour => $"{hour}"), (await Follow(null)).Found);
    }

    [Fact]
    public async Task A_reader_that_comes_back_after_months_goes_on()
    {
        await _log.Append("s", [Record("before")]);
        var (_, cursor) = await Follow(null);
        _clock.Now += TimeSpan.FromDays(100);
        await _log.Append("s", [Record("after")]);
        Assert.Equal(["after"], (await Follow(cursor)).Found);
    }

    [Fact]
    public async Task A_reader_that_is_months_behind_lists_no_further_than_it_reads()
    {
        for (var month = 0; month < 5; month++, _clock.Now += TimeSpan.FromDays(40)) await _log.Append("s", [Record($"{month}a"), Record($"{month}b"), Record($"{month}c")]);
        _clock.Now -= TimeSpan.FromDays(39);
        var listed = new List<string>();
        using var between = new Between((request, send) =>
        {
            var asked = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query);
            if (asked["comp"] == "list") listed.Add(asked["prefix"]!);
            return send();
        });
        await using var stores = AzureStores.Open(_options, _clock, AppendBlobLogOptions.Default, between.Transport());
        var first = await stores.Log.Read("s", null, 2);

        listed.Clear();
        var second = await stores.Log.Read("s", first.Cursor, 1);

        Assert.Equal("0c", Encoding.UTF8.GetString(Assert.Single(second.Records).Payload.Span));
        Assert.All(listed, prefix => Assert.StartsWith("s/2001-02-", prefix, StringComparison.Ordinal));
        var rest = await stores.Log.Read("s", second.Cursor, 4);
        Assert.Contains("s/2001-04-", listed);
        Assert.Equal(["1a", "1b", "1c", "2a"], rest.Records.Select(r => Encoding.UTF8.GetString(r.Payload.Span)));
        Assert.Equal(["2b", "2c", "3a", "3b", "3c", "4a", "4b", "4c"], (await Follow(rest.Cursor)).Found);
    }

    [Fact]
    public async Task A_blob_with_many_blocks_gets_a_successor()
    {
        await using var log = Open(AppendBlobLogOptions.Default with { MaxBlocks = 3, Linger = TimeSpan.Zero });
        for (var i = 0; i < 10; i++) await log.Append("s", [Record($"{i}")]);
        var (found, cursor) = await Follow(null);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), found);
        Assert.Equal(4, cursor!.Split('|').Length - 3);
    }

    [Fact]
    public async Task An_append_that_is_larger_than_a_block_stays_together_also_where_a_page_ends_in_it()
    {
        await using var other = Open(AppendBlobLogOptions.Default);
        await Task.WhenAll(new[] { _log, other }.Select((log, writer) => log.Append(
            "s", [.. Enumerable.Range(0, 6).Select(i => new LogRecord(_clock.Now, Encoding.UTF8.GetBytes($"{writer}{i}".PadRight(1024 * 1024))))])));
        var found = new List<string>();
        string? cursor = null;
        for (var reads = 0; reads < 12; reads++)
        {
            var page = await _log.Read("s", cursor, 1);
            found.Add(Encoding.UTF8.GetString(page.Records.Single().Payload.Span).TrimEnd());
            cursor = page.Cursor;
        }
        string[][] orders = [["00", "01", "02", "03", "04", "05"], ["10", "11", "12", "13", "14", "15"]];
        Assert.True(found.SequenceEqual(orders[0].Concat(orders[1])) || found.SequenceEqual(orders[1].Concat(orders[0])), string.Join(' ', found));
    }

    [Fact]
    public async Task An_append_that_a_page_ends_in_goes_on_before_a_blob_that_comes_earlier_in_the_order()
    {
        await _log.Append("s", [Record("a1"), Record("a2")]);
        var page = await _log.Read("s", null, 1);
        await using var late = Open(AppendBlobLogOptions.Default);
        _clock.Now -= TimeSpan.FromHours(1);
        await late.Append("s", [Record("b1")]);
        _clock.Now += TimeSpan.FromHours(1);
        Assert.Equal(["a2", "b1"], (await Follow(page.Cursor)).Found);
    }

    [Fact]
    public async Task What_writers_append_one_after_the_other_within_an_hour_is_read_in_that_order_also_when_they_began_at_once()
    {
        for (var i = 0; i < 12; i++)
        {
            await using var log = Open(AppendBlobLogOptions.Default);
            await log.Append("s", [Record($"{i}")]);
        }
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"{i}"), (await Follow(null)).Found);
    }

    [Fact]
    public async Task An_append_of_many_blocks_goes_into_one_blob()
    {
        await using var log = Open(AppendBlobLogOptions.Default with { MaxBlocks = 3, MaxBlockBytes = 8, Linger = TimeSpan.Zero });
        await log.Append("s", [Record("0")]);
        await log.Append("s", [.. Enumerable.Range(1, 5).Select(i => Record($"{i}"))]);
        var (found, cursor) = await Follow(null);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"{i}"), found);
        Assert.Equal(2, cursor!.Split('|').Length - 3);
    }

    [Fact]
    public async Task Streams_that_lie_under_each_other_do_not_mix()
    {
        await _log.Append("a", [Record("a")]);
        await _log.Append("a/b", [Record("b")]);
        await _log.Append("a/2001-02-03", [Record("c")]);
        Assert.Equal(["a"], (await _log.Read("a", null, 10)).Records.Select(Text));
        Assert.Equal(["b"], (await _log.Read("a/b", null, 10)).Records.Select(Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2|x|y")]
    [InlineData("1|x|y|z=-1")]
    public Task A_text_that_is_no_cursor_is_refused(string cursor) => Assert.ThrowsAsync<ArgumentException>(() => _log.Read("s", cursor, 1));

    private static string Text(LogRecord record) => Encoding.UTF8.GetString(record.Payload.Span);

    private AppendBlobLog Open(AppendBlobLogOptions options) => AzureStores.Open(_options, _clock, options).Log;

    private LogRecord Record(string text) => new(_clock.Now, Encoding.UTF8.GetBytes(text));

    private async Task<(List<string> Found, string? Cursor)> Follow(string? cursor)
    {
        var found = new List<string>();
        while (await _log.Read("s", cursor, 100) is { Records.Count: > 0 } page)
        {
            found.AddRange(page.Records.Select(Text));
            cursor = page.Cursor;
        }
        return (found, cursor);
    }
}
