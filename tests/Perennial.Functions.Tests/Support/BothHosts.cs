using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Functions.Tests.Support;

/// <summary>The same orchestrations and activities on Durable Functions' engine and on the embedded one, both in real time.</summary>
internal sealed class BothHosts : IAsyncDisposable
{
    private readonly OrchestrationCatalog _catalog = new();
    private readonly List<Action<DurableTaskRegistry>> _registrations = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-both-").FullName;
    private DurableTaskTestHost? _durable;
    private DurableEngine? _embedded;

    public BothHosts Add<TInput, TOutput>(OrchestrationName<TInput, TOutput> name, Func<IOrchestrationContext, TInput, Task<TOutput>> body)
    {
        _catalog.Add(name, body);
        _registrations.Add(registry => registry.AddOrchestratorFunc<JsonElement, JsonElement>(name.Value, (context, _) => DurableOrchestration.Run(context, name, body)));
        return this;
    }

    public BothHosts Add<TInput, TOutput>(ActivityName<TInput, TOutput> name, Func<TInput, ActivityContext, CancellationToken, Task<TOutput>> run)
    {
        _catalog.Add(name, run);
        var activities = new DurableActivities(_catalog);
        _registrations.Add(registry => registry.AddActivityFunc<string, string>(name.Value, (_, call) => activities.Run(name.Value, call, CancellationToken.None)));
        return this;
    }

    public async Task<IReadOnlyList<IOrchestrationClient>> Start()
    {
        _embedded = new DurableEngine(_folder, _catalog, TimeProvider.System);
        await _embedded.StartAsync();
        _durable = await TestHost.Start(registry => _registrations.ForEach(register => register(registry)));
        return [_embedded, new DurableOrchestrationClient(() => _durable.Client)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null) await _embedded.DisposeAsync();
        if (_durable is not null) await _durable.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
