using System.Globalization;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Makes the driver of a store.</summary>
internal delegate StoreDriver NewDriver(Dice dice, CrashingDisk disk);

/// <summary>
/// A schedule: a store's life of at least 200 operations with failing calls, a full disk, killed processes and failures of power at any operation
/// of the disk, also while opening; after each it is opened again and checked. The seed decides all of it.
/// </summary>
internal sealed class Schedule
{
    public const int LeastOperations = 200;
    private const int TrailLines = 120;
    private readonly Dice _dice;
    private readonly CrashingDisk _disk;
    private readonly StoreDriver _driver;
    private int _operations;

    private Schedule(ulong seed, NewDriver driver, SyncPoint? ignored, List<string>? trail)
    {
        _dice = new Dice(seed);
        _disk = new CrashingDisk(new Dice(_dice.Next())) { Ignored = ignored, Trail = trail };
        _driver = driver(_dice, _disk);
    }

    /// <summary>Runs a schedule; null when all was as it must be, else what was wrong.</summary>
    public static string? Run(ulong seed, NewDriver driver, SyncPoint? ignored = null, List<string>? trail = null)
    {
        var schedule = new Schedule(seed, driver, ignored, trail);
        try
        {
            schedule.Run();
            return null;
        }
        catch (Exception wrong)
        {
            return wrong is ViolationException ? wrong.Message : wrong.ToString();
        }
        finally
        {
            schedule.StopAll();
        }
    }

    /// <summary>Runs a schedule again where it was run without a trail, and tells all that happened.</summary>
    public static string Explain(ulong seed, NewDriver driver, string wrong, List<string>? trail)
    {
        if (trail is null)
        {
            trail = [];
            wrong = Run(seed, driver, trail: trail) ?? $"{wrong} When it was run again, nothing was wrong.";
        }
        return string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {wrong}\nThe last of {trail.Count} lines:\n{string.Join('\n', trail.TakeLast(TrailLines))}");
    }

    private void Run()
    {
        var flips = _dice.OneIn(8);
        while (_operations < LeastOperations)
        {
            Live();
            Crash();
        }
        _disk.FailsOneIn = 0;
        _disk.StartMachine();
        OpenAndCheck();
        for (var i = 0; i < 5; i++) _driver.Step();
        StopAll();
        _disk.StartMachine();
        if (flips && _disk.Flip() is { } file) CheckDamaged(file);
        else OpenAndCheck();
    }

    private void Live()
    {
        _disk.FailsOneIn = _dice.Of([0, 0, 100, 30]);
        if (!_dice.OneIn(5)) _disk.StopAfter(_dice.Next(_dice.Of([4, 20, 300])));
        if (!TryOpen()) return;
        _driver.Check(damaged: false);
        for (var left = _dice.Between(5, 120); left > 0 && !_disk.HasStopped; left--)
        {
            if (_dice.OneIn(_disk.IsFull ? 3 : 80)) _disk.IsFull = !_disk.IsFull;
            _driver.Step();
            _operations++;
        }
        if (!_disk.HasStopped && _dice.Coin()) _driver.Close();
    }

    private bool TryOpen()
    {
        for (var attempt = 0; attempt < 3 && !_disk.HasStopped; attempt++)
        {
            try
            {
                _driver.Open();
                return !_disk.HasStopped;
            }
            catch (IOException e) when (e is not CorruptStoreException)
            {
                // The disk failed it, or stopped: the next attempt, or the next life, must find all.
            }
        }
        return false;
    }

    private void Crash()
    {
        StopAll();
        if (_dice.Coin()) _disk.StartMachine();
        else _disk.StartProcess();
    }

    private void StopAll()
    {
        _disk.Stop();
        _driver.Abandon();
    }

    private void OpenAndCheck()
    {
        _driver.Open();
        _driver.Check(damaged: false);
    }

    private void CheckDamaged(string file)
    {
        try
        {
            _driver.Open();
            _driver.Check(damaged: true);
        }
        catch (Exception refusal) when (refusal is CorruptStoreException or UnreadableStoreException or InvalidDataException)
        {
            // It says so: nothing wrong was shown.
        }
        catch (Exception wrong)
        {
            throw new ViolationException($"After a bit of {file} had flipped: {wrong.Message}");
        }
    }
}
