using Perennial.Core.Registry;

namespace Perennial.Core.Monitoring;

/// <summary>Passes are due on a grid that starts with the model, so that slow passes and passes in between never make it creep.</summary>
public static class MonitorGrid
{
    /// <summary>The first instant of the grid after the last pass.</summary>
    public static DateTimeOffset Next(DateTimeOffset origin, TimeSpan every, DateTimeOffset? last)
    {
        if (last is not { } before || before < origin) return origin + every;
        return origin + every * ((before - origin).Ticks / every.Ticks + 1);
    }

    internal static async Task<DateTimeOffset?> Next(ModelRegistry registry, ModelSpecs specs, MonitorJournal journal, string model, CancellationToken cancellationToken)
    {
        if (await registry.FindModel(model, cancellationToken) is not { } record) return null;
        var spec = await specs.Read(record.Spec, cancellationToken);
        var head = await journal.Head(model, cancellationToken);
        return Next(record.CreatedAt, spec.Value.Monitor.Every, head.State.LastPassAt);
    }
}
