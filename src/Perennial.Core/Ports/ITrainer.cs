using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Ports;

/// <summary>A learner that can be a candidate of the search. Deterministic: equal requests give equal bytes, whatever the number of threads.</summary>
public interface ITrainer
{
    /// <summary>The candidate's name in the spec, e.g. <c>boosted-trees</c>.</summary>
    string Name { get; }

    /// <summary>What may be searched for this task; null when the trainer cannot do the task.</summary>
    IReadOnlyList<SearchParameter>? Space(TaskKind task);

    /// <summary>Trains one model. Expected refusals are <see cref="Orchestration.ActivityFailureException"/> with a reason.</summary>
    TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken);
}

/// <summary>A dimension of a search space.</summary>
/// <param name="Name">The parameter's name, camel case.</param>
/// <param name="Low">The least value.</param>
/// <param name="High">The greatest value.</param>
/// <param name="Default">Tried first.</param>
/// <param name="Logarithmic">Whether it is searched on a logarithmic scale.</param>
/// <param name="Integer">Whether it is a whole number.</param>
public sealed record SearchParameter(string Name, double Low, double High, double Default, bool Logarithmic = false, bool Integer = false);

/// <summary>What to train on.</summary>
/// <param name="Task">The task.</param>
/// <param name="Train">Features, label and weight of the training rows. Nothing may be fitted on other rows.</param>
/// <param name="Validation">The same columns of the validation rows, for early stopping only; null when there is none.</param>
/// <param name="Label">The label's column. Its rows are never missing. Categorical, boolean or text for classes, numeric for regression.</param>
/// <param name="Classes">The classes in the order of the scores (binary: negative, positive); empty for regression.</param>
/// <param name="Weight">The weight's column, if there is one.</param>
/// <param name="Features">The columns to use as features.</param>
/// <param name="Parameters">Values by name of the search parameters; those left out take their default.</param>
/// <param name="Seed">The seed of all randomness.</param>
public sealed record TrainingRequest(
    TaskKind Task,
    Frame Train,
    Frame? Validation,
    string Label,
    IReadOnlyList<string> Classes,
    string? Weight,
    IReadOnlyList<string> Features,
    IReadOnlyDictionary<string, double> Parameters,
    ulong Seed)
{
    /// <summary>What the spec has the graph scored by, for trainers that try the graph before they hand it out; null where the caller has no such wish.</summary>
    public IModelRuntime? Runtime { get; init; }
}

/// <summary>What training gave.</summary>
/// <param name="Onnx">One graph from raw columns to scores, as <c>docs/onnx.md</c> lays down.</param>
/// <param name="Importance">Share of total gain by raw column, summing to 1 (or empty): for reports.</param>
/// <param name="Facts">What the trainer wants told, e.g. rounds used; for the run's record.</param>
public sealed record TrainedModel(byte[] Onnx, IReadOnlyDictionary<string, double> Importance, IReadOnlyDictionary<string, double> Facts);
