using Perennial.Core.Orchestration;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Chooses the winner of a pipeline of version 1 and ends the search.</summary>
public sealed class ChooseActivity(PipelineServices services) : IActivity<TrialsDone, RunState>
{
    /// <inheritdoc/>
    public Task<RunState> Run(TrialsDone input, ActivityContext context, CancellationToken cancellationToken) =>
        SearchEnd.Choose(services, input.State, input.Results, cancellationToken);
}
