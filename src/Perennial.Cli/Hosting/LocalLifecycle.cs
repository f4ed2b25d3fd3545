using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage;

namespace Perennial.Cli.Hosting;

/// <summary>The lifecycle over the embedded adapters.</summary>
public sealed class LocalLifecycle : IHostStatus, IAsyncDisposable
{
    // Long enough for a turn that is about to end, short enough for a caller that polls.
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(25);
    private readonly LocalStores _stores;
    private readonly ReopeningEngine _engine;
    private readonly Lifecycle _lifecycle;

    /// <summary>Composes services and orchestrations over open stores.</summary>
    public LocalLifecycle(LocalStores stores, INotifier notifier, ILogger<LocalLifecycle> log)
    {
        _stores = stores;
        var (content, tables, clock) = (stores.Artifacts, stores.Tables, stores.Clock);
        var catalog = new OrchestrationCatalog();
        _engine = new ReopeningEngine(
            () => new DurableEngine(stores.Folder.Orchestrations, catalog, clock, new EngineOptions { FairnessKey = LifecycleNames.ModelOf }),
            token => _lifecycle!.Resume(token),
            reason => log.LogError(reason, "Orchestrations stand still; they go on by themselves once the reason is gone."));

        tables.CompactionFailed += reason => log.LogWarning(reason, "The tables' journal could not be compacted and grows; it is tried again.");
        if (tables.CompactionFailure is { } failure) log.LogWarning(failure, "The tables' journal could not be compacted and grows; it is tried again.");

        _lifecycle = new Lifecycle(
            new HostParts(content, tables, stores.Log, _engine, notifier, clock, this, new LocalMaintenance(stores, _engine)), catalog, log);
    }

    /// <summary>What the routes call.</summary>
    public ApiServices Services => _lifecycle.Services;

    /// <summary>What a file in the inbox starts.</summary>
    public InboxIntake Intake => new(_lifecycle);

    /// <summary>Lets unfinished orchestrations go on, and starts those that a crash kept from starting.</summary>
    public Task Start(CancellationToken cancellationToken) => _engine.StartAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Only reasons that a person can do something about in words made for them; any other may name whatever it was about.</remarks>
    public string? StandsStill => _engine.BrokenBy switch
    {
        null => null,
        Exception reason when reason is StoreFullException or StoreReadOnlyException or CorruptStoreException => reason.Message,
        _ => "Orchestrations stand still; they go on by themselves once the reason is gone. The host's log names it.",
    };

    /// <inheritdoc/>
    public string? FileOf(ContentHash content) => Path.GetRelativePath(_stores.Folder.Path, _stores.Artifacts.PathOf(content)).Replace('\\', '/');

    /// <inheritdoc/>
    public async Task<bool> IsBusy(CancellationToken cancellationToken)
    {
        if (StandsStill is not null) return true;
        try
        {
            await _engine.WhenIdle(cancellationToken).WaitAsync(IdleWait, TimeProvider.System, cancellationToken);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (Exception) when (StandsStill is not null)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
