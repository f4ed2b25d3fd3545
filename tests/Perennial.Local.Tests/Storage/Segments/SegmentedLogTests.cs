using System.Text;
using Perennial.Core.Ports;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Storage.Segments;

public sealed class SegmentedLogTests
{
    private static readonly SegmentedLogOptions Small = new(SegmentBytes: 200, WriteAheadBytes: 64);

    [Fact]
    public async Task Records_are_there_in_order_after_reopening()
    {
        using var folder = new TemporaryFolder();
        using (var log = SegmentedLog.Open(SystemDisk.Instance, folder.Combine("log"), Small))
        {
            for (var i = 0; i < 50; i++) await log.Append(Bytes($"record {i}"));
        }
        using var again = SegmentedLog.Open(SystemDisk.Instance, folder.Combine("log"), Small);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"record {i}"), All(again));
        Assert.True(again.End.Segment > 1);
    }

    [Fact]
    public async Task Many_appenders_find_everything_acknowledged_and_their_own_order()
    {
        using var folder = new TemporaryFolder();
        using (var log = SegmentedLog.Open(SystemDisk.Instance, folder.Combine("log"), new(SegmentBytes: 10_000)))
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++) await log.Append([Bytes($"{writer} {i} a"), Bytes($"{writer} {i} b")]);
            })));
        }
        using var again = SegmentedLog.Open(SystemDisk.Instance, folder.Combine("log"));
        var all = All(again);
        for (var writer = 0; writer < 16; writer++)
        {
            var own = all.Where(text => text.StartsWith($"{writer} ", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(0, 50).SelectMany(i => new[] { $"{writer} {i} a", $"{writer} {i} b" }), own);
        }
        for (var i = 0; i < all.Count; i += 2) Assert.Equal(all[i][..^1] + "b", all[i + 1]);
    }

    [Fact]
    public void A_commit_is_acknowledged_only_after_the_file_and_its_folder_are_synced()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/data/log", Small);
        for (var i = 0; i < 30; i++)
        {
            log.Commit([Bytes($"record {i}")]);
            using var survivor = SegmentedLog.Open(disk.Crash(), "/data/log", Small);
            Assert.Equal(Enumerable.Range(0, i + 1).Select(k => $"record {k}"), All(survivor));
        }
    }

    [Fact]
    public void A_torn_tail_is_cut_at_whatever_byte()
    {
        var disk = new SimulatedDisk();
        long before, after;
        using (var log = SegmentedLog.Open(disk, "/log"))
        {
            log.Commit([Bytes("kept")]);
            before = log.End.Offset;
            log.Commit([Bytes("torn one"), Bytes("torn two")]);
            after = log.End.Offset;
        }
        var content = disk.Content("/log/00000001.seg");
        for (var length = before; length < after; length++)
        {
            using var log = SegmentedLog.Open(DiskWith(content[..(int)length]), "/log");
            Assert.Equal("kept", All(log)[0]);
            Assert.DoesNotContain("torn two", All(log));
            log.Commit([Bytes("next")]);
            Assert.Equal("next", All(log)[^1]);
        }
    }

    [Fact]
    public void Any_altered_byte_of_the_last_commit_cuts_it_and_of_an_earlier_one_is_an_error_with_file_and_offset()
    {
        var disk = new SimulatedDisk();
        long middle, last, end;
        using (var log = SegmentedLog.Open(disk, "/log"))
        {
            log.Commit([Bytes("first")]);
            middle = log.End.Offset;
            log.Commit([Bytes("second")]);
            last = log.End.Offset;
            log.Commit([Bytes("third")]);
            end = log.End.Offset;
        }
        var content = disk.Content("/log/00000001.seg");
        for (var at = SegmentFormat.HeaderBytes; at < end; at++)
        {
            var altered = (byte[])content.Clone();
            altered[at] ^= 0x20;
            if (at >= last)
            {
                using var log = SegmentedLog.Open(DiskWith(altered), "/log");
                Assert.Equal(["first", "second"], All(log));
                continue;
            }
            var error = Assert.Throws<CorruptStoreException>(() => SegmentedLog.Open(DiskWith(altered), "/log"));
            Assert.Equal("/log/00000001.seg", error.Path);
            Assert.Equal(at < middle ? SegmentFormat.HeaderBytes : middle, error.Offset);
        }
    }

    [Fact]
    public void A_torn_commit_is_cut_whole_when_a_later_record_of_it_reached_the_disk_first()
    {
        var disk = new SimulatedDisk();
        long before;
        using (var log = SegmentedLog.Open(disk, "/log"))
        {
            log.Commit([Bytes("kept")]);
            before = log.End.Offset;
            log.Commit([Bytes("torn one"), Bytes("torn two")]);
        }
        var content = disk.Content("/log/00000001.seg");
        content[before + SegmentFormat.RecordHeaderBytes] ^= 1;
        var damaged = DiskWith(content);
        // Nothing written ahead, which would wipe the tail by chance.
        using var again = SegmentedLog.Open(damaged, "/log", new SegmentedLogOptions(WriteAheadBytes: 0));
        Assert.Equal(["kept"], All(again));
        // A record as long as the torn one must not bring the one after it back.
        again.Commit([Bytes("as long!")]);
        using var survivor = SegmentedLog.Open(damaged.Crash(), "/log");
        Assert.Equal(["kept", "as long!"], All(survivor));
    }

    [Fact]
    public void Damage_in_an_earlier_segment_is_an_error_when_it_is_read()
    {
        var disk = new SimulatedDisk();
        using (var log = SegmentedLog.Open(disk, "/log", Small))
        {
            for (var i = 0; i < 30; i++) log.Commit([Bytes($"record {i}")]);
        }
        using (var file = disk.OpenForWriting("/log/00000002.seg")) file.Write(60, [255]);
        using var again = SegmentedLog.Open(disk, "/log", Small);
        var error = Assert.Throws<CorruptStoreException>(() => All(again));
        Assert.Equal("/log/00000002.seg", error.Path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(500_000)]
    public void Damage_before_any_number_of_zeros_is_an_error_and_no_torn_tail(int zeros)
    {
        var disk = new SimulatedDisk();
        long at;
        using (var log = SegmentedLog.Open(disk, "/log"))
        {
            log.Commit([Bytes("first")]);
            at = log.End.Offset;
            log.Commit([new byte[zeros]]);
            // Its length is nothing but more zeros.
            log.Commit([Bytes("")]);
        }
        using (var file = disk.OpenForWriting("/log/00000001.seg")) file.Write(at, new byte[SegmentFormat.RecordHeaderBytes]);
        Assert.Equal(at, Assert.Throws<CorruptStoreException>(() => SegmentedLog.Open(disk, "/log")).Offset);
    }

    [Fact]
    public void A_missing_segment_is_an_error()
    {
        var disk = new SimulatedDisk();
        using (var log = SegmentedLog.Open(disk, "/log", Small))
        {
            for (var i = 0; i < 30; i++) log.Commit([Bytes($"record {i}")]);
        }
        disk.Delete("/log/00000002.seg");
        Assert.Contains("missing", Assert.Throws<CorruptStoreException>(() => SegmentedLog.Open(disk, "/log", Small)).Message);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("sync")]
    public void A_failed_commit_acknowledges_nothing_and_later_ones_go_into_a_new_segment(string operation)
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log");
        log.Commit([Bytes("one")]);
        disk.Fault = (what, path) => what == operation || what == "truncate" ? new StoreFullException(path) : null;
        Assert.Throws<StoreFullException>(() => log.Commit([Bytes("lost")]));
        Assert.Throws<StoreFullException>(() => log.Commit([Bytes("lost too")]));
        disk.Fault = null;
        log.Commit([Bytes("two")]);
        Assert.Equal(2, log.End.Segment);
        Assert.Equal(["one", "two"], All(log));
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log");
        Assert.Equal(["one", "two"], All(survivor));
        using var reopened = SegmentedLog.Open(disk, "/log");
        Assert.Equal(["one", "two"], All(reopened));
    }

    [Fact]
    public void What_opening_found_stays_even_if_only_memory_had_it()
    {
        var disk = new SimulatedDisk();
        using (var log = SegmentedLog.Open(disk, "/log"))
        {
            log.Commit([Bytes("one")]);
            disk.Fault = (operation, path) => operation is "sync" or "truncate" ? new IOException(path) : null;
            Assert.Throws<IOException>(() => log.Commit([Bytes("written but not synced")]));
        }
        disk.Fault = null;
        using var opened = SegmentedLog.Open(disk, "/log");
        var found = All(opened);
        Assert.Equal(["one", "written but not synced"], found);
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log");
        Assert.Equal(found, All(survivor));
    }

    [Fact]
    public async Task An_appender_learns_of_a_full_disk()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log");
        disk.Fault = (_, path) => new StoreFullException(path);
        await Assert.ThrowsAsync<StoreFullException>(() => log.Append(Bytes("lost")));
        disk.Fault = null;
        await log.Append(Bytes("kept"));
        Assert.Equal(["kept"], All(log));
    }

    [Fact]
    public void Reading_goes_on_from_any_position_and_across_segments()
    {
        using var log = SegmentedLog.Open(new SimulatedDisk(), "/log", Small);
        for (var i = 0; i < 40; i++) log.Commit([Bytes($"record {i}")]);
        foreach (var take in new[] { 1, 3, 7, 100 })
        {
            var found = new List<string>();
            var position = default(LogPosition);
            while (found.Count <= 40)
            {
                var (records, next) = log.Read(position, take);
                if (records.Count == 0)
                {
                    Assert.Equal(position, next);
                    break;
                }
                found.AddRange(records.Select(Encoding.UTF8.GetString));
                position = next;
            }
            Assert.Equal(Enumerable.Range(0, 40).Select(i => $"record {i}"), found);
        }
    }

    [Fact]
    public void Dropped_segments_are_gone_and_the_rest_is_there()
    {
        var disk = new SimulatedDisk();
        using var log = SegmentedLog.Open(disk, "/log");
        var old = log.Commit([Bytes("old")])[0];
        var second = log.Roll();
        log.Commit([Bytes("new")]);
        log.DropBefore(second);
        Assert.Equal(["new"], All(log));
        Assert.Equal("new", Encoding.UTF8.GetString(Assert.Single(log.Read(default, 1).Records)));
        // A place of its own is not the next best one.
        Assert.Contains("the segment is gone", Assert.Throws<CorruptStoreException>(() => log.Read(old, 1)).Message, StringComparison.Ordinal);
        using var survivor = SegmentedLog.Open(disk.Crash(), "/log", from: second);
        Assert.Equal(["new"], All(survivor));
    }

    private static SimulatedDisk DiskWith(byte[] segment)
    {
        var disk = new SimulatedDisk();
        disk.CreateFolder("/log");
        disk.WriteDurably("/log/00000001.seg", segment);
        return disk;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static List<string> All(SegmentedLog log)
    {
        var all = new List<string>();
        log.Replay((_, payload) => all.Add(Encoding.UTF8.GetString(payload.Span)));
        return all;
    }
}
