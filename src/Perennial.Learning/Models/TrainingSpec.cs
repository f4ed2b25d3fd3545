using Perennial.Learning.Frames;

namespace Perennial.Learning.Models;

/// <summary>What to train, and on what.</summary>
public sealed record TrainingSpec
{
    /// <summary>A name of <see cref="ModelTraining.Learners"/>.</summary>
    public required string Learner { get; init; }

    /// <summary>The task.</summary>
    public required TaskKind Task { get; init; }

    /// <summary>Features, label and weight of the training rows. Transforms and model are fitted on these rows alone.</summary>
    public required Frame Train { get; init; }

    /// <summary>The same columns of other rows, for early stopping alone; null when there are none.</summary>
    public Frame? Validation { get; init; }

    /// <summary>The label's column: numeric for regression, otherwise values whose text is one of <see cref="Classes"/>.</summary>
    public required string Label { get; init; }

    /// <summary>The classes in the order of the scores (binary: negative, positive); empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The weight's column; null when every row counts 1.</summary>
    public string? Weight { get; init; }

    /// <summary>The columns to use as features. Neither label nor weight can be one.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Values of the learner's parameters by name; those left out take their default.</summary>
    public IReadOnlyDictionary<string, double> Parameters { get; init; } = new Dictionary<string, double>();

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many threads may work; 0 is one a processor. The model never depends on it.</summary>
    public int Threads { get; init; }
}
