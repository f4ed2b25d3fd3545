using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Durable.Bench.Parts;

/// <summary>What the parts about the engine run: orchestrations of activities that do nothing, with payloads of 1 KB.</summary>
internal static class EngineBench
{
    public static readonly OrchestrationName<int, int> Chain = new("Chain");
    public static readonly OrchestrationName<int, int> FanOut = new("FanOut");
    public static readonly OrchestrationName<string, string> Once = new("Once");
    public static readonly OrchestrationName<string, string> Wait = new("Wait");
    public static readonly OrchestrationName<string, string> Sleep = new("Sleep");
    public static readonly string Kilobyte = new('k', 1000);
    private static readonly ActivityName<string, string> Echo = new("Echo");

    public static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Echo, static () => new EchoActivity())
        .Add(Once, static (context, input) => context.Call(Echo, input))
        .Add(Chain, static async (context, calls) =>
        {
            for (var i = 0; i < calls; i++) await context.Call(Echo, Kilobyte);
            return calls;
        })
        .Add(FanOut, static async (context, calls) => (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => context.Call(Echo, Kilobyte)))).Length)
        .Add(Wait, static async (context, input) => await context.Call(Echo, input) + (await context.WaitForEvent<string>("Go")).Value)
        .Add(Sleep, static async (context, input) =>
        {
            await context.Delay(context.Now.AddYears(1));
            return input;
        });

    public static async Task<DurableEngine> Open(string folder, EngineOptions? options = null)
    {
        var engine = new DurableEngine(folder, Catalog(), TimeProvider.System, options);
        await engine.StartAsync();
        return engine;
    }

    /// <summary>Starts instances, some hundreds at once.</summary>
    public static async Task Start<TInput, TOutput>(DurableEngine engine, OrchestrationName<TInput, TOutput> name, string prefix, int count, TInput input)
    {
        foreach (var some in Enumerable.Range(0, count).Chunk(512))
            await Task.WhenAll(some.Select(i => engine.Start(name, $"{prefix}-{i:D7}", input)));
    }

    private sealed class EchoActivity : IActivity<string, string>
    {
        public Task<string> Run(string input, ActivityContext context, CancellationToken cancellationToken) => Task.FromResult(input);
    }
}
