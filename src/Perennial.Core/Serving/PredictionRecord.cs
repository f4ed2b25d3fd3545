using System.Text.Json;

namespace Perennial.Core.Serving;

/// <summary>One prediction as the log keeps it, in stream <c>predictions/{model}</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Row">The row as it was sent, without the label and without the columns that the spec's <c>privacy.unlogged</c> names.</param>
/// <param name="Scores">The version's scores.</param>
/// <param name="Shadow">What the challenger said of the same row; null when there was none.</param>
public sealed record PredictionRecord(string Id, int Version, JsonElement Row, IReadOnlyList<double> Scores, ShadowRecord? Shadow = null);

/// <summary>A challenger's scores.</summary>
/// <param name="Version">The challenger.</param>
/// <param name="Scores">Its scores; null when it failed.</param>
/// <param name="Failure">Why it failed.</param>
public sealed record ShadowRecord(int Version, IReadOnlyList<double>? Scores, string? Failure = null);

/// <summary>One label as the log keeps it, in stream <c>labels/{model}</c>.</summary>
/// <param name="Id">The prediction it belongs to.</param>
/// <param name="Value">The class's name, or the number as invariant text.</param>
/// <param name="Column">The label's column in the signature that it was checked against: a spec may name another one later.</param>
public sealed record LabelRecord(string Id, string Value, string? Column = null);
