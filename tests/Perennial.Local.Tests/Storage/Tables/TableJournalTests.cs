using System.Globalization;
using Perennial.Contracts.Storage;
using Perennial.Core.Ports;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Storage.Tables;

public sealed class TableJournalTests : TableStoreContract, IDisposable
{
    // Tiny sizes, so that every test meets rolls and compactions.
    private static readonly TableJournalOptions Small = new(CompactionBytes: 2000, CompactionRatio: 2, new SegmentedLogOptions(500, 64));
    private readonly TemporaryFolder _folder = new();
    private readonly TableJournal _tables;

    public TableJournalTests() => _tables = new TableJournal(SystemDisk.Instance, _folder.Path, Small);

    protected override ITableStore Tables => _tables;

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_every_acknowledged_batch_a_crash_leaves_exactly_what_was_acknowledged()
    {
        var disk = new SimulatedDisk();
        using var tables = new TableJournal(disk, "/data/tables", Small);
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var random = new Random(1);
        for (var step = 0; step < 150; step++)
        {
            var row = $"r{random.Next(20)}";
            if (random.Next(4) == 0 && expected.Remove(row)) await tables.Write("things", "p", [TableOperation.Delete(row, "*")]);
            else
            {
                await tables.Write("things", "p", [TableOperation.Upsert(row, Value(step))]);
                expected[row] = $"{step}";
            }
            using var survivor = new TableJournal(disk.Crash(), "/data/tables", Small);
            Assert.Equal(expected, await Rows(survivor));
        }
        await tables.Compacted();
        Assert.Contains(disk.Calls, call => call.StartsWith("rename", StringComparison.Ordinal) && call.Contains("snapshot", StringComparison.Ordinal));
        Assert.Contains("delete /data/tables/journal/00000001.seg", disk.Calls);
    }

    [Fact]
    public async Task A_crash_at_every_step_leaves_what_was_acknowledged_and_at_most_the_batch_under_way_whole()
    {
        var reference = new SimulatedDisk();
        await Work(reference);
        for (var step = 0; step < reference.Calls.Count; step++)
        {
            var disk = new SimulatedDisk();
            var left = step;
            disk.Fault = (_, _) => left-- <= 0 ? new IOException("The power failed.") : null;
            var acknowledged = await Work(disk);
            disk.Fault = null;
            foreach (var after in new[] { disk.Crash(), disk })
            {
                using var tables = new TableJournal(after, "/tables", Small);
                var rows = await Rows(tables);
                Assert.Equal(rows.GetValueOrDefault("a"), rows.GetValueOrDefault("b"));
                Assert.True(int.Parse(rows.GetValueOrDefault("a", "-1"), CultureInfo.InvariantCulture) >= acknowledged);
                Assert.True((await tables.Write("things", "p", [TableOperation.Upsert("a", Value(99)), TableOperation.Upsert("b", Value(99))])).Succeeded);
            }
        }
    }

    [Fact]
    public async Task A_batch_cut_anywhere_is_not_there_at_all()
    {
        var disk = new SimulatedDisk();
        using (var tables = new TableJournal(disk, "/tables", new TableJournalOptions()))
        {
            await tables.Write("things", "p", [TableOperation.Insert("a", Value(1))]);
            await tables.Write("things", "p", [TableOperation.Upsert("a", Value(2)), TableOperation.Insert("b", Value(2))]);
        }
        const string path = "/tables/journal/00000001.seg";
        var content = disk.Content(path);
        for (var length = content.Length - 1; length > content.Length - 60; length--)
        {
            using (var file = disk.Create(path)) file.Write(0, content.AsSpan(0, length));
            using var tables = new TableJournal(disk, "/tables", new TableJournalOptions());
            Assert.Equal(new Dictionary<string, string> { ["a"] = "1" }, await Rows(tables));
        }
    }

    [Fact]
    public async Task ETags_hold_over_reopening_and_never_come_back()
    {
        var disk = new SimulatedDisk();
        string kept, gone;
        using (var tables = new TableJournal(disk, "/tables", Small))
        {
            kept = (await tables.Write("things", "p", [TableOperation.Insert("a", Value(1))])).ETags[0];
            gone = (await tables.Write("things", "p", [TableOperation.Insert("b", Value(1))])).ETags[0];
            await tables.Write("things", "p", [TableOperation.Delete("b", gone)]);
        }
        using var again = new TableJournal(disk, "/tables", Small);
        Assert.NotEqual(gone, (await again.Write("things", "p", [TableOperation.Insert("b", Value(1))])).ETags[0]);
        Assert.True((await again.Write("things", "p", [TableOperation.Replace("a", Value(2), kept)])).Succeeded);
    }

    [Fact]
    public async Task A_failed_write_changes_nothing_and_writes_go_on_when_space_returns()
    {
        var disk = new SimulatedDisk();
        using var tables = new TableJournal(disk, "/tables", Small);
        await tables.Write("things", "p", [TableOperation.Insert("a", Value(1))]);
        disk.Fault = (_, path) => new StoreFullException(path);
        await Assert.ThrowsAsync<StoreFullException>(() => tables.Write("things", "p", [TableOperation.Upsert("a", Value(2))]));
        Assert.Equal("1", (await tables.Get("things", "p", "a"))!.Properties["v"]);
        disk.Fault = null;
        Assert.True((await tables.Write("things", "p", [TableOperation.Insert("b", Value(3))])).Succeeded);
        using var again = new TableJournal(disk.Crash(), "/tables", Small);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" }, await Rows(again));
    }

    [Fact]
    public async Task Everything_acknowledged_to_many_writers_is_there_after_reopening()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                Assert.True((await Tables.Write("things", $"p{writer:D2}", [TableOperation.Insert($"r{i:D2}", Value(i))])).Succeeded);
        })));
        _tables.Dispose();
        using var again = new TableJournal(SystemDisk.Instance, _folder.Path, Small);
        Assert.Equal(400, (await again.Query(new TableQuery("things", null))).Entities.Count);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_an_error_that_names_it()
    {
        var disk = new SimulatedDisk();
        using (var tables = new TableJournal(disk, "/tables", Small))
        {
            for (var i = 0; i < 60; i++) await tables.Write("things", "p", [TableOperation.Upsert($"r{i}", Value(i))]);
            await tables.Compacted();
        }
        var snapshot = disk.Files("/tables").Single(name => name.StartsWith("snapshot", StringComparison.Ordinal));
        using (var file = disk.OpenForWriting($"/tables/{snapshot}")) file.Write(100, [0, 1, 2]);
        Assert.Equal($"/tables/{snapshot}", Assert.Throws<CorruptStoreException>(() => new TableJournal(disk, "/tables", Small)).Path);
    }

    [Theory]
    [InlineData("create", true)]
    [InlineData("create", false)]
    [InlineData("rename", false)]
    public async Task A_compaction_that_fails_in_whatever_way_is_told_and_put_off_and_closing_closes(string operation, bool ofTheDisk)
    {
        var disk = new SimulatedDisk();
        var told = new List<Exception>();
        Exception reason = ofTheDisk ? new IOException("The disk breaks.") : new InvalidOperationException("Nobody thought of this.");
        using (var tables = new TableJournal(disk, "/tables", Small))
        {
            tables.CompactionFailed += told.Add;
            disk.Fault = (what, path) => what == operation && path.Contains("snapshot", StringComparison.Ordinal) ? reason : null;
            for (var i = 0; i < 100; i++)
            {
                await tables.Write("things", "p", [TableOperation.Upsert($"r{i % 7}", Value(i))]);
                await tables.Compacted();
            }
            Assert.Same(reason, tables.CompactionFailure);
        }
        Assert.InRange(told.Count, 1, 20);
        Assert.All(told, each => Assert.Same(reason, each));
        disk.Fault = null;
        using var again = new TableJournal(disk, "/tables", Small);
        await again.Compacted();
        Assert.Null(again.CompactionFailure);
        Assert.Equal("99", (await again.Get("things", "p", "r1"))!.Properties["v"]);
    }

    [Fact]
    public void A_record_of_a_newer_version_is_refused_with_what_to_do_and_the_journal_is_closed()
    {
        var journal = _folder.Combine("newer/journal");
        using (var log = SegmentedLog.Open(SystemDisk.Instance, journal)) log.Commit([new byte[] { 99, 0, 0 }]);
        for (var i = 0; i < 2; i++)
        {
            var refusal = Assert.Throws<UnreadableStoreException>(() => new TableJournal(SystemDisk.Instance, _folder.Combine("newer"), Small));
            Assert.Equal(journal, refusal.Path);
            Assert.Contains("format 99", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Use the version that wrote it", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Odd_text_survives_reopening()
    {
        var odd = new Dictionary<string, string> { ["lone"] = "a\ud800b", ["pair"] = "😀", ["zero"] = "a\0b", [""] = "" };
        var disk = new SimulatedDisk();
        using (var tables = new TableJournal(disk, "/tables", Small)) await tables.Write("things", "p", [TableOperation.Insert("a", odd)]);
        using var again = new TableJournal(disk, "/tables", Small);
        Assert.Equal(odd, (await again.Get("things", "p", "a"))!.Properties);
    }

    private static Dictionary<string, string> Value(int value) => new() { ["v"] = value.ToString(CultureInfo.InvariantCulture) };

    private static async Task<Dictionary<string, string>> Rows(ITableStore tables) =>
        (await tables.Query(new TableQuery("things", "p"))).Entities.ToDictionary(entity => entity.Row, entity => entity.Properties["v"]);

    /// <summary>Writes two rows to the same value in each batch until the disk fails; returns the last acknowledged value.</summary>
    private static async Task<int> Work(SimulatedDisk disk)
    {
        var acknowledged = -1;
        try
        {
            using var tables = new TableJournal(disk, "/tables", Small);
            for (var i = 0; i < 40; i++)
            {
                await tables.Write("things", "p", [TableOperation.Upsert("a", Value(i)), TableOperation.Upsert("b", Value(i))]);
                acknowledged = i;
                await tables.Compacted();
            }
        }
        catch (IOException)
        {
        }
        return acknowledged;
    }
}
