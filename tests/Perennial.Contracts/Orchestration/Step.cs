using Perennial.Core.Orchestration;

namespace Perennial.Contracts.Orchestration;

/// <summary>An activity from a delegate.</summary>
public sealed class Step<TInput, TOutput>(Func<TInput, ActivityContext, CancellationToken, Task<TOutput>> run) : IActivity<TInput, TOutput>
{
    public Task<TOutput> Run(TInput input, ActivityContext context, CancellationToken cancellationToken) => run(input, context, cancellationToken);
}

/// <summary>Short ways to fill a catalog.</summary>
public static class CatalogSteps
{
    public static OrchestrationCatalog Add<TInput, TOutput>(
        this OrchestrationCatalog catalog, ActivityName<TInput, TOutput> name, Func<TInput, ActivityContext, CancellationToken, Task<TOutput>> run) =>
        catalog.Add(name, () => new Step<TInput, TOutput>(run));

    public static OrchestrationCatalog Add<TInput, TOutput>(this OrchestrationCatalog catalog, ActivityName<TInput, TOutput> name, Func<TInput, TOutput> run) =>
        catalog.Add(name, () => new Step<TInput, TOutput>((input, _, _) => Task.FromResult(run(input))));
}
