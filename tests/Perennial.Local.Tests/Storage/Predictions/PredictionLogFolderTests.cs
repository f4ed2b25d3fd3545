using System.Text;
using Perennial.Contracts.Storage;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Storage.Predictions;

public sealed class PredictionLogFolderTests : PredictionLogContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PredictionLogFolder _log;

    // Tiny segments, so that every test meets their edges.
    public PredictionLogFolderTests() => _log = new PredictionLogFolder(SystemDisk.Instance, _folder.Path, new SegmentedLogOptions(150, 64));

    protected override IPredictionLog Log => _log;

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Acknowledged_records_survive_a_crash_and_cursors_go_on_after_it()
    {
        var disk = new SimulatedDisk();
        using var log = new PredictionLogFolder(disk, "/data/predictions", new SegmentedLogOptions(150, 64));
        string? cursor = null;
        for (var i = 0; i < 20; i++)
        {
            await log.Append("predictions/Model", [Some($"{i}")]);
            using var survivor = new PredictionLogFolder(disk.Crash(), "/data/predictions", new SegmentedLogOptions(150, 64));
            var page = await survivor.Read("predictions/Model", cursor, 100);
            Assert.Equal([$"{i}"], page.Records.Select(record => Encoding.UTF8.GetString(record.Payload.Span)));
            cursor = page.Cursor;
        }
    }

    [Fact]
    public async Task Readers_do_not_see_what_was_not_acknowledged()
    {
        var disk = new SimulatedDisk();
        using var log = new PredictionLogFolder(disk, "/predictions", new SegmentedLogOptions());
        await log.Append("s", [Some("kept")]);
        disk.Fault = (operation, path) => operation is "sync" or "truncate" ? new StoreFullException(path) : null;
        await Assert.ThrowsAsync<StoreFullException>(() => log.Append("s", [Some("lost")]));
        Assert.Single((await log.Read("s", null, 10)).Records);
        disk.Fault = null;
        await log.Append("s", [Some("later")]);
        Assert.Equal(["kept", "later"], (await log.Read("s", null, 10)).Records.Select(record => Encoding.UTF8.GetString(record.Payload.Span)));
    }

    [Fact]
    public async Task A_stream_does_not_wait_for_the_sync_of_another()
    {
        using var halted = new ManualResetEventSlim();
        var disk = new HaltingDisk(new SimulatedDisk(), path =>
        {
            if (path.Contains("slow", StringComparison.Ordinal)) halted.Wait();
        });
        using var log = new PredictionLogFolder(disk, "/predictions", new SegmentedLogOptions());
        var slow = log.Append("slow", [Some("one")]);
        try
        {
            for (var i = 0; i < 3; i++) await log.Append("other", [Some($"{i}")]).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.False(slow.IsCompleted);
        }
        finally
        {
            halted.Set();
        }
        await slow;
        Assert.Single((await log.Read("slow", null, 10)).Records);
    }

    [Fact]
    public async Task Records_of_a_stream_stay_in_the_order_of_their_appends_whatever_other_streams_do()
    {
        // More streams than lanes, and nobody awaits before the last append.
        var appends = Enumerable.Range(0, 400).Select(i => Log.Append($"s{i % 20}", [Some($"{i / 20}")])).ToList();
        await Task.WhenAll(appends);
        for (var stream = 0; stream < 20; stream++)
        {
            var page = await Log.Read($"s{stream}", null, 100);
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), page.Records.Select(record => Encoding.UTF8.GetString(record.Payload.Span)));
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0.1")]
    [InlineData("1.1.32")]
    [InlineData("0.9.32")]
    public async Task A_cursor_of_another_log_is_refused(string cursor)
    {
        await Log.Append("s", [Some("one")]);
        await Assert.ThrowsAsync<ArgumentException>(() => Log.Read("s", cursor, 10));
    }

    private static LogRecord Some(string text) => new(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(text));
}
