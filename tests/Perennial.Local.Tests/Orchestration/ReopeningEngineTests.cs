using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>A full disk once stopped the engine until somebody restarted the host.</summary>
public sealed class ReopeningEngineTests : IAsyncLifetime
{
    private const string Folder = "/engine";
    private static readonly OrchestrationName<int, int> Storing = new("Storing");
    private static readonly ActivityName<int, int> Store = new("Store");
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private readonly SimulatedDisk _disk = new();
    private readonly MovableClock _clock = new(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _told = [];
    private readonly ReopeningEngine _engine;
    private Func<IOrchestrationClient, Task>? _whileResuming;
    private IOrchestrationClient _resuming = null!;
    private Func<int> _activity = () => 0;
    private int _resumed;

    public ReopeningEngineTests() => _engine = new ReopeningEngine(Open, _ => Resume(), reason => _told.Add(reason.Message));

    public Task InitializeAsync() => _engine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task An_engine_that_a_full_disk_has_stopped_goes_on_once_there_is_space()
    {
        await _engine.Start(Main, "before", 1);
        FillDisk();
        await Assert.ThrowsAsync<StoreFullException>(() => _engine.Start(Main, "refused", 1));
        Assert.IsType<StoreFullException>(_engine.BrokenBy);
        await Assert.ThrowsAsync<StoreFullException>(() => _engine.Get("before"));

        _disk.Fault = null;
        Assert.True(await _engine.LookAfter());

        Assert.Null(_engine.BrokenBy);
        Assert.Equal(2, _resumed);
        Assert.Single(_told);
        await _engine.RaiseEvent("before", "Go", 41);
        await _engine.WhenIdle();
        Assert.Equal(42, (await _engine.Get("before"))!.Output!.Value.GetInt32());
        Assert.True(await _engine.Start(Main, "refused", 1));
    }

    [Fact]
    public async Task While_the_folder_cannot_be_read_every_call_gets_the_reason()
    {
        FillDisk();
        await Assert.ThrowsAsync<StoreFullException>(() => _engine.Start(Main, "one", 1));
        _disk.Fault = (_, path) => new IOException($"'{path}' cannot be used.");

        Assert.False(await _engine.LookAfter());
        Assert.False(await _engine.LookAfter());

        await Assert.ThrowsAsync<StoreFullException>(() => _engine.RaiseEvent("one", "Go", 1));
        await Assert.ThrowsAsync<StoreFullException>(() => _engine.WhenIdle());
        Assert.Equal(1, _resumed);
        _disk.Fault = null;
        Assert.True(await _engine.LookAfter());
        Assert.True(await _engine.Start(Main, "one", 1));
    }

    [Fact]
    public async Task A_working_engine_is_left_alone()
    {
        Assert.True(await _engine.LookAfter());
        Assert.Equal(1, _resumed);
    }

    [Fact]
    public async Task A_full_disk_is_no_reason_not_to_start()
    {
        await _engine.Start(Main, "before", 1);
        await _engine.DisposeAsync();
        FillDisk();
        _whileResuming = engine => engine.Start(Main, "from a request before the crash", 1);
        var told = new List<string>();
        await using var engine = new ReopeningEngine(Open, _ => Resume(), reason => told.Add(reason.Message));
        _resuming = engine;

        await engine.StartAsync();

        Assert.IsType<StoreFullException>(engine.BrokenBy);
        Assert.Single(told);
        _disk.Fault = null;
        Assert.True(await engine.LookAfter());
        Assert.Null(engine.BrokenBy);
        Assert.False(await engine.Start(Main, "from a request before the crash", 1));
        Assert.False(await engine.Start(Main, "before", 1));
    }

    [Fact]
    public async Task What_could_not_be_resumed_is_resumed_later()
    {
        await _engine.DisposeAsync();
        var full = true;
        await using var engine = new ReopeningEngine(Open, _ => full ? throw new StoreFullException("tables") : Resume(), reason => _told.Add(reason.Message));

        await engine.StartAsync();

        Assert.IsType<StoreFullException>(engine.BrokenBy);
        Assert.True(await engine.Start(Main, "the engine itself works", 1));
        await Assert.ThrowsAsync<StoreFullException>(() => engine.LookAfter());
        full = false;
        Assert.True(await engine.LookAfter());
        Assert.Null(engine.BrokenBy);
        Assert.Equal(2, _resumed);
    }

    [Fact]
    public async Task An_activity_that_finds_no_space_runs_again_when_there_is_some_and_has_not_failed()
    {
        _activity = () => throw new StoreFullException("artifacts");
        await _engine.Start(Storing, "one", 1);
        await Assert.ThrowsAsync<StoreFullException>(() => _engine.WhenIdle());
        Assert.IsType<StoreFullException>(_engine.BrokenBy);
        // More often than its policy would try it again.
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await _engine.LookAfter());
            await Assert.ThrowsAsync<StoreFullException>(() => _engine.WhenIdle());
        }

        _activity = () => 42;
        Assert.True(await _engine.LookAfter());
        await _engine.WhenIdle();

        Assert.Equal(42, (await _engine.Get("one"))!.Output!.Value.GetInt32());
    }

    private async Task Resume()
    {
        _resumed++;
        if (_whileResuming is not null) await _whileResuming(_resuming);
    }

    private void FillDisk() => _disk.Fault = (operation, path) => operation is "write" or "sync" ? new StoreFullException(path) : null;

    private DurableEngine Open() => new(
        Folder,
        new OrchestrationCatalog()
            .Add(Main, static async (IOrchestrationContext context, int input) => (await context.WaitForEvent<int>("Go")).Value + input)
            .Add(Storing, static (IOrchestrationContext context, int input) => context.Call(Store, input, new RetryPolicy(2, TimeSpan.Zero)))
            .Add(Store, () => new StoreActivity(() => _activity())),
        _clock, null, _disk);

    private sealed class StoreActivity(Func<int> act) : IActivity<int, int>
    {
        public Task<int> Run(int input, ActivityContext context, CancellationToken cancellationToken) => Task.FromResult(act());
    }
}
