using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Storage.Folders;

public sealed class FolderClockTests
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SimulatedDisk _disk = new();

    public FolderClockTests() => _disk.CreateFolderDurably("/data");

    [Fact]
    public void A_folder_without_a_time_shows_the_inner_clock()
    {
        using var clock = new FolderClock(new MovableClock(Start), _disk, "/data");
        Assert.Equal(Start, clock.GetUtcNow());
    }

    [Fact]
    public void After_reopening_with_an_earlier_clock_time_goes_on_from_where_it_was()
    {
        using (var before = new FolderClock(new MovableClock(Start.AddYears(5)), _disk, "/data")) Assert.Equal(Start.AddYears(5), before.GetUtcNow());
        var inner = new MovableClock(Start);
        using var clock = new FolderClock(inner, _disk, "/data");
        Assert.Equal(Start.AddYears(5), clock.GetUtcNow());
        inner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Start.AddYears(5).AddHours(1), clock.GetUtcNow());
    }

    [Fact]
    public void A_clock_that_steps_back_does_not_take_the_folder_back()
    {
        var inner = new SettableClock { Now = Start };
        using var clock = new FolderClock(inner, _disk, "/data");
        clock.GetUtcNow();
        inner.Now = Start.AddDays(-1);
        Assert.Equal(Start, clock.GetUtcNow());
        inner.Now = inner.Now.AddMinutes(1);
        Assert.Equal(Start.AddMinutes(1), clock.GetUtcNow());
        inner.Now = Start.AddDays(2);
        Assert.True(clock.GetUtcNow() >= Start.AddDays(2));
    }

    [Fact]
    public void A_crash_loses_less_than_five_seconds_and_the_disk_is_not_asked_more_often()
    {
        var inner = new MovableClock(Start);
        var clock = new FolderClock(inner, _disk, "/data");
        for (var i = 0; i < 100; i++)
        {
            inner.Advance(TimeSpan.FromMilliseconds(700));
            var now = clock.GetUtcNow();
            using var survivor = new FolderClock(new MovableClock(DateTimeOffset.UnixEpoch), _disk.Crash(), "/data");
            Assert.InRange(now - survivor.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
        Assert.InRange(_disk.Calls.Count(call => call.StartsWith("rename", StringComparison.Ordinal)), 2, 15);
    }

    [Fact]
    public void A_full_disk_stops_no_clock()
    {
        var inner = new MovableClock(Start);
        using var clock = new FolderClock(inner, _disk, "/data");
        _disk.Fault = (_, path) => new IOException(path);
        inner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Start.AddHours(1), clock.GetUtcNow());
    }

    [Fact]
    public void A_damaged_time_is_an_error_that_names_the_file()
    {
        _disk.WriteDurably("/data/clock", "yesterday"u8);
        Assert.Equal("/data/clock", Assert.Throws<CorruptStoreException>(() => new FolderClock(TimeProvider.System, _disk, "/data")).Path);
    }

    [Fact]
    public void Timers_are_the_inner_clocks()
    {
        var inner = new MovableClock(Start);
        using var clock = new FolderClock(inner, _disk, "/data");
        var fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        inner.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, fired);
        inner.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
