using System.Text.Json;
using Perennial.Learning.Explanations;

namespace Perennial.Core.Serving;

/// <summary>
/// Why a row was answered as it was: Shapley values (docs/onnx.md, "Explanations") of the raw columns. <c>base</c>, all <c>contributions</c> and
/// <c>others</c> add up to <c>margin</c>.
/// </summary>
/// <param name="Scale">What the numbers are of, e.g. log-odds.</param>
/// <param name="Class">Classification: the class that they speak for, where above 0; the positive class, or the answered one of several.</param>
/// <param name="Base">The margin when nothing is known of a row.</param>
/// <param name="Contributions">The columns that added or took away most, the largest first.</param>
/// <param name="Others">What all other columns added together.</param>
/// <param name="Margin">The row's margin.</param>
public sealed record Explanation(
    MarginScale Scale, string? Class, double Base, IReadOnlyList<ColumnContribution> Contributions, double Others, double Margin);

/// <summary>What a column added to a margin.</summary>
/// <param name="Column">The raw column.</param>
/// <param name="Value">Its value in the row.</param>
/// <param name="Contribution">What it added; below 0 it took away.</param>
public sealed record ColumnContribution(string Column, JsonElement Value, double Contribution);
