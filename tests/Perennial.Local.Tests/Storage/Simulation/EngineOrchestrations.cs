using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>What the engine's schedules run.</summary>
internal static class EngineOrchestrations
{
    public static readonly OrchestrationName<int[], int[]> Counter = new("Counter");
    public static readonly OrchestrationName<int, int> Once = new("Once");
    public static readonly OrchestrationName<int, int> Later = new("Later");
    public static readonly OrchestrationName<int, int> Family = new("Family");
    public static readonly OrchestrationName<int, int> Held = new("Held");
    private static readonly ActivityName<int, int> Double = new("Double");

    /// <summary>All of them.</summary>
    public static readonly OrchestrationCatalog Whole = Lacking().Add(Held, static async (context, number) =>
    {
        await context.WaitForEvent<int>("Go");
        return await context.Call(Double, number);
    });

    /// <summary>A build without <see cref="Held"/>: such an instance stands still once something comes for it, until a whole build opens the folder.</summary>
    public static readonly OrchestrationCatalog WithoutHeld = Lacking();

    private static OrchestrationCatalog Lacking() => new OrchestrationCatalog()
        .Add(Double, static (int value) => 2 * value)
        .Add(Once, static (context, input) => context.Call(Double, input))
        .Add(Family, static (context, input) => context.CallOrchestration(Once, $"child-{input}", input))
        .Add(Later, Delayed)
        .Add(Counter, Count);

    private static async Task<int> Delayed(IOrchestrationContext context, int number)
    {
        await context.Delay(context.Now.AddSeconds(number % 50 * 10));
        return await context.Call(Double, number);
    }

    private static async Task<int[]> Count(IOrchestrationContext context, int[] seen)
    {
        context.SetStatus(seen);
        for (var i = 0; i < 3; i++)
        {
            var number = (await context.WaitForEvent<int>("Add")).Value;
            seen = [.. seen, await context.Call(Double, number) / 2];
            context.SetStatus(seen);
        }
        context.ContinueAsNew(seen);
        return [];
    }
}
