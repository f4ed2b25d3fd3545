using Perennial.Core.Pipelines.Spec;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Registry;

/// <summary><c>signature.json</c>: what a version takes and gives.</summary>
/// <param name="Task">The task.</param>
/// <param name="Label">The label's name.</param>
/// <param name="Classes">Class names in the order of the scores (binary: negative, positive); empty for regression.</param>
/// <param name="Threshold">Binary: the score from which on the positive class is answered.</param>
/// <param name="Inputs">The columns a row must or may have.</param>
/// <param name="Ignored">Columns that a row may have and that are accepted without effect: id, label, ignored, known later, dropped leaks.</param>
public sealed record ModelSignature(
    TaskKind Task,
    string Label,
    IReadOnlyList<string> Classes,
    double Threshold,
    IReadOnlyList<SignatureColumn> Inputs,
    IReadOnlyList<string> Ignored)
{
    /// <summary>The texts that stood for a missing value in the training data, besides the empty one; null where there were none.</summary>
    public IReadOnlyList<string>? Missing { get; init; }

    /// <summary>The runtime that the version was measured on and that answers for it; null where that is the managed one.</summary>
    public ServingRuntime? Runtime { get; init; }
}

/// <summary>One input column.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Nullable">Whether a value may be missing: true where the training data had missing values. A missing text is an empty one and always allowed. The key must be there in any case.</param>
/// <param name="Levels">Categorical: the levels the model was trained on (at most 1,000). Others are answered as unseen, never refused.</param>
public sealed record SignatureColumn(string Name, ColumnType Type, bool Nullable, IReadOnlyList<string>? Levels = null);
