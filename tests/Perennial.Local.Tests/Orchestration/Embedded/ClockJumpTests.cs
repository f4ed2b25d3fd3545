using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Folders;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>A clock that is set ahead and back, while instances wait and while nothing runs: no timer is lost, none fires twice or early.</summary>
public sealed class ClockJumpTests : IAsyncLifetime
{
    private const int Instances = 5;
    private const int Steps = 6;
    private static readonly OrchestrationName<int, int> Waits = new("Waits");
    private static readonly ActivityName<int, int> Note = new("Note");
    private static readonly ActivityName<int, int> Flaky = new("Flaky");

    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-jumps-").FullName;
    private readonly JumpingClock _clock = new(EmbeddedHost.Start);
    private readonly List<int> _noted = [];
    private readonly TaskCompletionSource _started = new();
    private readonly TaskCompletionSource<int> _release = new();
    private FolderClock? _folderClock;
    private DurableEngine? _engine;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Close();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1, false, 30)]
    [InlineData(2, false, 0)]
    [InlineData(3, false, 30)]
    [InlineData(4, true, 30)]
    [InlineData(5, true, 0)]
    [InlineData(6, true, 30)]
    public async Task Timers_deadlines_and_retries_come_once_and_never_early(int seed, bool onFolderClock, int unloadAfter)
    {
        var random = new Random(seed);
        await Open(onFolderClock, unloadAfter);
        for (var i = 0; i < Instances; i++)
        {
            await _engine!.Start(Waits, $"waits-{i}", (100 * seed) + i);
        }

        for (var step = 0; step < 60; step++)
        {
            await _engine!.WhenIdle();
            switch (random.Next(4))
            {
                case 0:
                    _clock.Jump(TimeSpan.FromDays(random.Next(1, 800)));
                    break;
                case 1:
                    _clock.Jump(-TimeSpan.FromHours(random.Next(1, 48)));
                    break;
                case 2:
                    await Close();
                    _clock.Jump(TimeSpan.FromHours(random.Next(-72, 72)));
                    await Open(onFolderClock, unloadAfter);
                    break;
                default:
                    _clock.Advance(TimeSpan.FromMinutes(random.Next(1, 300)));
                    break;
            }
        }

        for (var i = 0; i < Instances; i++)
        {
            await CheckOnce($"waits-{i}");
        }

        Assert.Equal(Instances * Steps, _noted.Count);
        Assert.Equal(_noted.Count, _noted.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_a_folders_clock_a_timer_comes_in_time_although_the_clock_was_set_back(bool whileDown)
    {
        await Open(onFolderClock: true);
        await _engine!.Start(new OrchestrationName<int, int>("Hour"), "one", 0);
        await _engine.WhenIdle();
        if (whileDown)
        {
            await Close();
        }

        _clock.Jump(TimeSpan.FromHours(-5));
        if (whileDown)
        {
            await Open(onFolderClock: true);
        }

        await Minutes(59);
        Assert.Equal(OrchestrationStatus.Running, await Status("one"));
        // What went by between the last look before the change and the first one after it is not counted: a minute at most.
        await Minutes(2);
        Assert.Equal(OrchestrationStatus.Completed, await Status("one"));

        async Task Minutes(int count)
        {
            for (; count > 0; count--)
            {
                _clock.Advance(TimeSpan.FromMinutes(1));
                await _engine!.WhenIdle();
            }
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_years_ahead_does_not_use_up_the_time_of_a_running_attempt()
    {
        await Open(onFolderClock: false);
        await _engine!.Start(new OrchestrationName<int, int>("Long"), "one", 0);
        await _started.Task;

        _clock.Jump(TimeSpan.FromDays(3000));
        _clock.Advance(TimeSpan.FromSeconds(59));
        await _engine.Get("one");
        _clock.Jump(TimeSpan.FromDays(-3000));
        _release.SetResult(1);

        Assert.Equal(OrchestrationStatus.Completed, await Status("one"));
        Assert.DoesNotContain(await _engine.History("one"), e => e.Kind == "activity-retried");
    }

    [Fact]
    public async Task What_a_timer_woke_sees_no_time_before_the_timers_though_the_clock_went_back_in_between()
    {
        await Open(onFolderClock: false);
        await _engine!.Start(new OrchestrationName<int, int>("Hour"), "one", 0);
        await _engine.WhenIdle();
        await _engine.Suspend("one", "pause");
        _clock.Jump(TimeSpan.FromHours(2));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _engine.WhenIdle();

        _clock.Jump(TimeSpan.FromHours(-20));
        await _engine.Resume("one", "on");

        Assert.Equal(OrchestrationStatus.Completed, await Status("one"));
        Assert.Equal(0, (await _engine.Get("one"))!.Output?.GetInt32());
    }

    // Each step waits for something of some hours and notes that it has come; -1 where it came early.
    private static async Task<int> RunWaits(IOrchestrationContext context, int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            var due = context.Now.AddHours(random.Next(1, 100));
            switch (random.Next(3))
            {
                case 0:
                    await context.Delay(due);
                    break;
                case 1:
                    await context.WaitForEvent<int>("Never", due);
                    break;
                default:
                    await context.Call(Flaky, step, new RetryPolicy(2, due - context.Now, MaxDelay: TimeSpan.FromDays(10)));
                    break;
            }

            if (context.Now < due)
            {
                return -1;
            }

            await context.Call(Note, (100 * seed) + step);
        }

        return Steps;
    }

    private async Task CheckOnce(string id)
    {
        for (var years = 0; years < 100 && await Status(id) == OrchestrationStatus.Running; years++)
        {
            _clock.Jump(TimeSpan.FromDays(365));
            // The engine looks at the clock again after a minute at most.
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(Steps, (await _engine!.Get(id))!.Output?.GetInt32());
        var kinds = (await _engine.History(id)).CountBy(e => $"{e.Kind} {e.Name}").ToDictionary();
        Assert.Equal(kinds.GetValueOrDefault("timer-scheduled "), kinds.GetValueOrDefault("timer-fired "));
        Assert.Equal(kinds.GetValueOrDefault("event-awaited Never"), kinds.GetValueOrDefault("event-wait-expired Never"));
        Assert.Equal(kinds.GetValueOrDefault("activity-scheduled Flaky"), kinds.GetValueOrDefault("activity-retried Flaky"));
        Assert.Equal(kinds.GetValueOrDefault("activity-scheduled Flaky"), kinds.GetValueOrDefault("activity-completed Flaky"));
    }

    private async Task<OrchestrationStatus> Status(string id)
    {
        await _engine!.WhenIdle();
        return (await _engine.Get(id))!.Status;
    }

    private async Task Open(bool onFolderClock, int unloadAfter = 30)
    {
        _folderClock = onFolderClock ? new FolderClock(_clock, _folder) : null;
        var catalog = new OrchestrationCatalog()
            .Add(Waits, RunWaits)
            .Add(new OrchestrationName<int, int>("Hour"), static async (context, _) =>
            {
                var due = context.Now.AddHours(1);
                await context.Delay(due);
                return context.Now < due ? -1 : 0;
            })
            .Add(new OrchestrationName<int, int>("Long"), static (context, input) =>
                context.Call(new ActivityName<int, int>("Long"), input, new RetryPolicy(2, TimeSpan.Zero, Timeout: TimeSpan.FromMinutes(1))))
            .Add(new ActivityName<int, int>("Long"), (_, _, _) =>
            {
                _started.TrySetResult();
                return _release.Task;
            })
            .Add(Flaky, static (input, context, _) => context.Attempt == 1 ? throw new IOException("Not yet.") : Task.FromResult(input))
            .Add(Note, (int number) =>
            {
                lock (_noted)
                {
                    _noted.Add(number);
                }

                return number;
            });
        _engine = new DurableEngine(
            Path.Combine(_folder, "engine"), catalog, (TimeProvider?)_folderClock ?? _clock, new EngineOptions { UnloadAfter = TimeSpan.FromSeconds(unloadAfter) });
        await _engine.StartAsync();
    }

    private async Task Close()
    {
        if (_engine is not null)
        {
            await _engine.StopAsync();
        }

        _folderClock?.Dispose();
    }
}
