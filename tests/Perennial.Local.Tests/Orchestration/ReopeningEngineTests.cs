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
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private readonly SimulatedDisk _disk = new();
    private readonly MovableClock _clock = new(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _told = [];
    private readonly ReopeningEngine _engine;
    private int _reopened;

    public ReopeningEngineTests() => _engine = new ReopeningEngine(Open, _ => Task.FromResult(_reopened++), reason => _told.Add(reason.Message));

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
        Assert.Equal(1, _reopened);
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
        Assert.Equal(0, _reopened);
        _disk.Fault = null;
        Assert.True(await _engine.LookAfter());
        Assert.True(await _engine.Start(Main, "one", 1));
    }

    [Fact]
    public async Task A_working_engine_is_left_alone()
    {
        Assert.True(await _engine.LookAfter());
        Assert.Equal(0, _reopened);
    }

    private void FillDisk() => _disk.Fault = (operation, path) => operation is "write" or "sync" ? new StoreFullException(path) : null;

    private DurableEngine Open() => new(
        Folder,
        new OrchestrationCatalog().Add(Main, static async (IOrchestrationContext context, int input) => (await context.WaitForEvent<int>("Go")).Value + input),
        _clock, null, _disk);
}
