using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>A stage of a run: notes in the record that it begins and what it came to, and does its work in between. Idempotent.</summary>
public abstract class Stage(PipelineServices services, ActivityName<RunState, RunState> name) : IActivity<RunState, RunState>
{
    /// <summary>What it works with.</summary>
    protected PipelineServices Services => services;

    /// <inheritdoc/>
    public async Task<RunState> Run(RunState input, ActivityContext context, CancellationToken cancellationToken)
    {
        await services.Journal.Begin(input.Run, name.Value, null, cancellationToken);
        var result = await Do(input, cancellationToken);
        if (!result.Open) await services.Journal.Done(input.Run, name.Value, result.Summary, result.Cached, cancellationToken);
        return result.State;
    }

    /// <summary>The work itself.</summary>
    protected abstract Task<StageResult> Do(RunState state, CancellationToken cancellationToken);

    /// <summary>The spec that the run follows.</summary>
    protected Task<ModelSpec> Spec(RunState state, CancellationToken cancellationToken) => StageInputs.Spec(services, state, cancellationToken);

    /// <summary>The dataset's rows.</summary>
    protected async Task<Frame> Rows(RunState state, CancellationToken cancellationToken) =>
        await services.Datasets.Read(await StageInputs.Dataset(services, state, cancellationToken), cancellationToken);
}

/// <summary>What a stage came to.</summary>
/// <param name="State">What it hands on.</param>
/// <param name="Summary">One line for a person.</param>
/// <param name="Cached">Whether an earlier result was taken.</param>
/// <param name="Open">Whether a later activity ends the stage.</param>
public sealed record StageResult(RunState State, string Summary, bool Cached = false, bool Open = false);

/// <summary>What stages read.</summary>
internal static class StageInputs
{
    // A failure crosses the orchestration's boundary, which takes 16 KB.
    private const int MessageLength = 2000;

    public static async Task<ModelSpec> Spec(PipelineServices services, RunState state, CancellationToken cancellationToken) =>
        Expect(await services.Specs.Read(state.Spec!.Value, cancellationToken));

    public static async Task<Dataset> Dataset(PipelineServices services, RunState state, CancellationToken cancellationToken) =>
        await services.Datasets.Find(state.Run.Model, state.Dataset!.Value, cancellationToken)
        ?? throw Failed("dataset-unknown", $"Model '{state.Run.Model}' has no dataset {state.Dataset}. Upload it again.");

    public static Task<TrainingPlan> Plan(PipelineServices services, RunState state, CancellationToken cancellationToken) =>
        services.Content.GetJson<TrainingPlan>(state.Plan!.Value, cancellationToken);

    public static Task<RowSplit> Split(PipelineServices services, RunState state, CancellationToken cancellationToken) =>
        services.Content.GetJson<RowSplit>(state.Split!.Value, cancellationToken);

    public static Task<List<TrialPlan>> Trials(PipelineServices services, RunState state, CancellationToken cancellationToken) =>
        services.Content.GetJson<List<TrialPlan>>(state.Trials!.Value, cancellationToken);

    /// <summary>The runtime that the spec asks for.</summary>
    public static IModelRuntime Runtime(PipelineServices services, ModelSpec spec)
    {
        try
        {
            return services.Runtime.For(spec.Serving.Runtime);
        }
        catch (RuntimeMissingException missing)
        {
            throw Failed("runtime-missing", missing.Message);
        }
    }

    /// <summary>What of the spec's runtime keys a cache: nothing where the host chooses, as it did before a spec could.</summary>
    public static ServingRuntime? RuntimeKey(ModelSpec spec) => spec.Serving.Runtime == ServingRuntime.Auto ? null : spec.Serving.Runtime;

    public static ITrainer Trainer(PipelineServices services, string name) =>
        services.Trainers.FirstOrDefault(t => t.Name == name) ?? throw Failed("candidate-unknown", $"This host has no trainer '{name}'.");

    /// <summary>The value, or the problem as a failure that no retry helps with.</summary>
    public static T Expect<T>(Outcome<T> outcome) => outcome.Succeeded ? outcome.Value : throw Failed(outcome.Problem);

    public static ActivityFailureException Failed(Problem problem)
    {
        var more = problem.Faults is { Count: > 1 } faults ? " " + string.Join(" ", faults.Take(5).Select(f => $"[{f.Where}] {f.Message}")) : "";
        return new ActivityFailureException(new Failure(problem.Code, RunJournal.Clip(problem.Detail + more, MessageLength)!, problem.Kind == ProblemKind.Unavailable));
    }

    public static ActivityFailureException Failed(string code, string message) => new(new Failure(code, RunJournal.Clip(message, MessageLength)!, Retryable: false));
}
