using Perennial.Learning;

namespace Perennial.Core.Training;

/// <summary>What a run trains, as its data stages decided; content, whose hash keys the caches of the stages after them.</summary>
/// <param name="Task">The task.</param>
/// <param name="Label">The label's column.</param>
/// <param name="Classes">The classes in the order of the scores (binary: negative, positive); empty for regression.</param>
/// <param name="Metric">The metric that decides.</param>
/// <param name="Weight">The weight's column.</param>
/// <param name="Features">The columns that may be features, in the dataset's order.</param>
/// <param name="Ignored">All other columns: label, id, weight, group, ignored, known later, dropped leaks, and text where the spec says so.</param>
public sealed record TrainingPlan(
    TaskKind Task,
    string Label,
    IReadOnlyList<string> Classes,
    string Metric,
    string? Weight,
    IReadOnlyList<string> Features,
    IReadOnlyList<string> Ignored);
