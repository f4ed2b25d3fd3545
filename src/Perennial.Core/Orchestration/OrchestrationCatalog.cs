using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Orchestration;

/// <summary>All orchestrations and activities of a host, by name, with their JSON shells: what an engine runs.</summary>
public sealed class OrchestrationCatalog
{
    private readonly Dictionary<string, OrchestrationEntry> _orchestrations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityEntry> _activities = new(StringComparer.Ordinal);

    /// <summary>The orchestrations by name.</summary>
    public IReadOnlyDictionary<string, OrchestrationEntry> Orchestrations => _orchestrations;

    /// <summary>The activities by name.</summary>
    public IReadOnlyDictionary<string, ActivityEntry> Activities => _activities;

    /// <summary>Adds an orchestration: a static function of context and input.</summary>
    public OrchestrationCatalog Add<TInput, TOutput>(OrchestrationName<TInput, TOutput> name, Func<IOrchestrationContext, TInput, Task<TOutput>> body)
    {
        _orchestrations.Add(name.Value, new OrchestrationEntry(name.Value, name.Version, async (context, input) =>
            Write(await body(context, Read<TInput>(input)))));
        return this;
    }

    /// <summary>Adds an activity; <paramref name="resolve"/> makes or finds its instance.</summary>
    public OrchestrationCatalog Add<TInput, TOutput>(ActivityName<TInput, TOutput> name, Func<IActivity<TInput, TOutput>> resolve)
    {
        _activities.Add(name.Value, new ActivityEntry(name.Value, async (context, input, cancellationToken) =>
            Write(await resolve().Run(Read<TInput>(input), context, cancellationToken))));
        return this;
    }

    private static T Read<T>(JsonElement json) => json.Deserialize<T>(CoreJson.Options) ?? throw new JsonException($"A null where a {typeof(T).Name} is needed.");

    private static JsonElement Write<T>(T value) => JsonSerializer.SerializeToElement(value, CoreJson.Options);
}

/// <summary>An orchestration with JSON at both ends.</summary>
public sealed record OrchestrationEntry(string Name, int Version, Func<IOrchestrationContext, JsonElement, Task<JsonElement>> Run);

/// <summary>An activity with JSON at both ends.</summary>
public sealed record ActivityEntry(string Name, Func<ActivityContext, JsonElement, CancellationToken, Task<JsonElement>> Run);
