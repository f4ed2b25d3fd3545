using System.Text;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Segments;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Storage;

/// <summary>A disk without space: what is there opens and is read, writes are refused, and go on in place when space returns.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void A_log_opens_and_reads_and_goes_on_when_space_returns()
    {
        var disk = new SimulatedDisk();
        using (var log = SegmentedLog.Open(disk, "/log")) log.Commit([Bytes("one")]);
        foreach (var found in new[] { disk.Crash(), disk })
        {
            found.IsFull = true;
            using var log = SegmentedLog.Open(found, "/log");
            Assert.Equal(["one"], All(log));
            Assert.Throws<StoreFullException>(() => log.Commit([Bytes("refused")]));
            Assert.Throws<StoreFullException>(() => log.Commit([Bytes("refused again")]));
            Assert.Equal(["one"], All(log));
            found.IsFull = false;
            log.Commit([Bytes("two")]);
            Assert.Equal(["one", "two"], All(log));
            using var survivor = SegmentedLog.Open(found.Crash(), "/log");
            Assert.Equal(["one", "two"], All(survivor));
        }
    }

    [Fact]
    public void Records_go_on_into_what_was_written_ahead_and_the_refused_one_is_not_there()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log", new SegmentedLogOptions(WriteAheadBytes: 100));
        log.Commit([Bytes("first")]);
        disk.IsFull = true;
        var acknowledged = new List<string> { "first" };
        Assert.Throws<StoreFullException>(Fill);
        Assert.True(acknowledged.Count > 1);
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log");
        Assert.Equal(acknowledged, All(survivor));

        void Fill()
        {
            for (var i = 0; ; i++)
            {
                log.Commit([Bytes($"{i}")]);
                acknowledged.Add($"{i}");
            }
        }
    }

    [Fact]
    public void A_record_that_found_room_is_acknowledged_also_where_nothing_more_can_be_written_ahead()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log", new SegmentedLogOptions(WriteAheadBytes: 100));
        log.Commit([Bytes("first")]);
        var writes = 0;
        disk.Fault = (operation, path) => operation == "write" && ++writes > 1 ? new StoreFullException(path) : null;
        log.Commit([new byte[200]]);
        Assert.Equal(2, writes);
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log");
        Assert.Equal(2, All(survivor).Count);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_begun_is_begun_when_space_returns()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log", new SegmentedLogOptions(SegmentBytes: 64, WriteAheadBytes: 64));
        log.Commit([Bytes("long enough to fill a segment")]);
        disk.IsFull = true;
        await Assert.ThrowsAsync<StoreFullException>(() => log.Append(Bytes("refused")));
        Assert.Throws<StoreFullException>(() => log.Roll());
        disk.IsFull = false;
        await log.Append(Bytes("next"));
        Assert.Equal(2, log.End.Segment);
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log");
        Assert.Equal(["long enough to fill a segment", "next"], All(survivor));
    }

    [Fact]
    public async Task Tables_open_and_read_even_where_their_journal_is_due_for_a_snapshot()
    {
        var disk = new SimulatedDisk();
        using (var tables = new TableJournal(disk, "/tables", new TableJournalOptions())) await Write(tables, 0, 50);
        disk.IsFull = true;
        using (var tables = new TableJournal(disk, "/tables", new TableJournalOptions(CompactionBytes: 100)))
        {
            Assert.Equal(50, (await tables.Query(new TableQuery("things", "p"))).Entities.Count);
            await Assert.ThrowsAsync<StoreFullException>(() => Write(tables, 50, 51));
            Assert.Null(await tables.Get("things", "p", "050"));
            disk.IsFull = false;
            await Write(tables, 50, 60);
        }
        using var survivor = new TableJournal(disk.Crash(), "/tables", new TableJournalOptions());
        Assert.Equal(60, (await survivor.Query(new TableQuery("things", "p"))).Entities.Count);
    }

    [Fact]
    public async Task Predictions_are_read_and_appended_again_when_space_returns()
    {
        var disk = new SimulatedDisk();
        var options = new SegmentedLogOptions(150, 64);
        using (var log = new PredictionLogFolder(disk, "/predictions", options)) await log.Append("old", [Record("one")]);
        disk.IsFull = true;
        using (var log = new PredictionLogFolder(disk, "/predictions", options))
        {
            Assert.Single((await log.Read("old", null, 10)).Records);
            await Assert.ThrowsAsync<StoreFullException>(() => log.Append("old", [Record("refused")]));
            await Assert.ThrowsAsync<StoreFullException>(() => log.Append("new", [Record("refused")]));
            Assert.Empty((await log.Read("new", null, 10)).Records);
            disk.IsFull = false;
            await log.Append("old", [Record("two")]);
            await log.Append("new", [Record("first")]);
        }
        using var survivor = new PredictionLogFolder(disk.Crash(), "/predictions", options);
        Assert.Equal(2, (await survivor.Read("old", null, 10)).Records.Count);
        Assert.Single((await survivor.Read("new", null, 10)).Records);
    }

    private static async Task Write(TableJournal tables, int from, int to)
    {
        for (var i = from; i < to; i++) await tables.Write("things", "p", [TableOperation.Insert($"{i:D3}", new Dictionary<string, string> { ["v"] = $"{i}" })]);
    }

    private static LogRecord Record(string text) => new(DateTimeOffset.UnixEpoch, Bytes(text));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static List<string> All(SegmentedLog log)
    {
        var all = new List<string>();
        log.Replay((_, payload) => all.Add(Encoding.UTF8.GetString(payload.Span)));
        return all;
    }
}
