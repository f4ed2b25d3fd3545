using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works a folder's clock while the machine's clock jumps: time shown never goes back, and a crash takes back less than five seconds.</summary>
internal sealed class ClockDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly JumpingClock _inner = new() { Now = Start };
    private FolderClock _clock = null!;
    private DateTimeOffset _shown = Start;

    // Shown, and stored without a failure.
    private DateTimeOffset _stored = DateTimeOffset.MinValue;
    private bool _failed;

    public override void Open()
    {
        Disk.CreateFolderDurably("/data");
        _clock = new FolderClock(_inner, Disk, "/data");
    }

    public override void Check(bool damaged)
    {
        var shown = Look();
        Require(shown >= _stored, $"The clock shows {shown:O} after {_stored:O} was stored.");
        Require(!damaged || shown - _shown < TimeSpan.FromDays(1), $"The clock shows {shown:O} after {_shown:O}.");
        _shown = shown;
    }

    public override void Step()
    {
        _inner.Now += Dice.Next(6) switch
        {
            0 => TimeSpan.FromHours(-Dice.Between(1, 10)),
            1 => TimeSpan.FromMinutes(Dice.Between(1, 600)),
            _ => TimeSpan.FromMilliseconds(Dice.Between(1, 3000)),
        };
        var shown = Look();
        Require(shown >= _shown, $"The clock went back from {_shown:O} to {shown:O}.");
        _shown = shown;
    }

    public override void Close() => _clock.Dispose();

    private DateTimeOffset Look()
    {
        var (operations, failures) = (Disk.Operations, Disk.Failures);
        var shown = _clock.GetUtcNow();
        if (Disk.HasStopped || Disk.Failures > failures) _failed = true;
        else if (Disk.Operations > operations) (_stored, _failed) = (shown, false);
        Require(_failed || shown - _stored < Grain, $"The clock shows {shown:O} and has stored {_stored:O} only.");
        return shown;
    }

    private sealed class JumpingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
