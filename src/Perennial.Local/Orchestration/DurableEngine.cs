using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// The embedded durable engine: runs the orchestrations of a catalog from a folder. Event-sourced: an instance is its history, and
/// its code is run over that history again after a restart. Every acknowledged call is durable; an activity starts only once that it
/// was asked for is durable, runs at least once, and its result enters the history exactly once. Beyond the ports: an activity that
/// nobody waits for is cancelled when its orchestration's generation ends.
/// </summary>
public sealed class DurableEngine : IOrchestrationClient, IAsyncDisposable
{
    private readonly OrchestrationCatalog _catalog;
    private readonly EngineCore _core;
    private int _state;

    /// <summary>An engine that has not started yet.</summary>
    /// <param name="folder">The folder that belongs to it alone; made where it is missing.</param>
    /// <param name="catalog">What it can run; complete before the start.</param>
    /// <param name="clock">The clock of timers and histories.</param>
    /// <param name="options">How it works.</param>
    public DurableEngine(string folder, OrchestrationCatalog catalog, TimeProvider clock, EngineOptions? options = null)
        : this(folder, catalog, clock, options, SystemDisk.Instance)
    {
    }

    internal DurableEngine(string folder, OrchestrationCatalog catalog, TimeProvider clock, EngineOptions? options, IDisk disk)
    {
        _catalog = catalog;
        _core = new EngineCore(Path.GetFullPath(folder), disk, catalog, clock, options ?? new EngineOptions());
    }

    /// <summary>Why the engine has stopped by itself, e.g. a disk without space; null while it works. A new engine on the folder goes on.</summary>
    public Exception? BrokenBy => _core.BrokenBy;

    /// <summary>Bytes of the log that are durable.</summary>
    internal long DurableBytes => _core.DurableBytes;

    /// <summary>Keeps the log from growing until it is disposed of on the same thread.</summary>
    /// <exception cref="InvalidOperationException">The log is not open yet.</exception>
    internal HeldLog Hold() => _core.Hold() ?? throw new InvalidOperationException("The orchestration engine has not been started.");

    /// <summary>So many activities have been started and have not ended.</summary>
    internal int RunningActivities => _core.RunningActivities;

    /// <summary>So many instances are in memory; the others have ended, or only wait.</summary>
    internal int LoadedInstances => _core.LoadedInstances;

    /// <summary>Opens the folder and goes on with all unfinished instances. Nothing else may be called before.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
        {
            throw new InvalidOperationException("The orchestration engine was started before; make a new one.");
        }

        return _core.Start().WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Lets the running activities end, starts no more, and closes the folder. Once cancelled, running activities see their token
    /// and their results are dropped; they run again after the next start.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _state, 2) == 1)
        {
            await _core.Stop(cancellationToken);
        }
    }

    /// <summary>Completes when nothing runs and nothing is about to; what is left waits for timers or events. For tests and the demo.</summary>
    public Task WhenIdle(CancellationToken cancellationToken = default) => Started.WhenIdle().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Start<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (!_catalog.Orchestrations.ContainsKey(orchestration.Value))
        {
            throw new ArgumentException($"There is no orchestration '{orchestration.Value}' in the catalog.", nameof(orchestration));
        }

        var data = Payload($"The input of orchestration '{orchestration.Value}'", input);
        return Started.StartInstance(orchestration.Value, instanceId, data).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task RaiseEvent<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Started.Raise(instanceId, name, Payload($"The payload of event '{name}'", payload)).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<OrchestrationState?> Get(string instanceId, CancellationToken cancellationToken = default) =>
        Started.Get(instanceId).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<OrchestrationPage> Query(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Take, 1000);
        return Started.Query(query).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> Terminate(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Started.Terminate(instanceId, reason).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Suspend(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Started.Suspend(instanceId, reason).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Resume(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Started.Resume(instanceId, reason).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Purge(string instanceId, CancellationToken cancellationToken = default) =>
        Started.Purge(instanceId).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<PurgePage> PurgeEnded(DateTimeOffset endedBefore, int take = 100, string? continuation = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        return Started.PurgeEnded(endedBefore.UtcTicks, take, continuation).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId, CancellationToken cancellationToken = default) =>
        Started.History(instanceId).WaitAsync(cancellationToken);

    /// <summary>What came for an instance and its code has not seen yet, e.g. while it is suspended; not part of its history so far.</summary>
    public Task<IReadOnlyList<OrchestrationEvent>> Waiting(string instanceId, CancellationToken cancellationToken = default) =>
        Started.Waiting(instanceId).WaitAsync(cancellationToken);

    /// <summary>Stops without waiting for running activities: they see their token and run again after the next start.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));

    /// <summary>Stops as if the process had been killed.</summary>
    internal void Abandon()
    {
        if (Interlocked.Exchange(ref _state, 2) == 1)
        {
            _core.Abandon();
        }
    }

    private EngineCore Started => _state == 1 ? _core : throw new InvalidOperationException(
        _state == 0 ? "The orchestration engine has not been started." : "The orchestration engine has stopped.");

    private static byte[] Payload<T>(string what, T value)
    {
        var data = PayloadJson.Write(value);
        return PayloadLimit.Check(what, data.Length) is { } tooLarge ? throw new ArgumentException(tooLarge.Message, nameof(value)) : data;
    }
}
