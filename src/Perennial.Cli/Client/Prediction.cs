using System.Text.Json.Nodes;

namespace Perennial.Cli.Client;

/// <summary>Rows to predict.</summary>
/// <param name="Rows">One JSON object a row.</param>
/// <param name="Ids">One id a row; the host makes them when absent.</param>
/// <param name="Explain">How many columns to name with what they added to the answer; none when absent.</param>
public sealed record PredictBody(IReadOnlyList<JsonObject> Rows, IReadOnlyList<string>? Ids = null, int? Explain = null);

/// <summary>What predict answers.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Predictions">One a row, in order.</param>
/// <param name="Logged">Whether they are in the host's log.</param>
/// <param name="Warning">Why they are not, where they should be.</param>
public sealed record PredictAnswer(string Model, int Version, IReadOnlyList<RowAnswer> Predictions, bool Logged = true, string? Warning = null);

/// <summary>The answer to one row.</summary>
/// <param name="Id">The prediction's id, for its label.</param>
/// <param name="Label">Classification: the answered class.</param>
/// <param name="Score">Binary: probability of the positive class.</param>
/// <param name="Scores">Multiclass: probability by class.</param>
/// <param name="Value">Regression: the value.</param>
/// <param name="Unseen">Columns whose category the version was not trained on.</param>
/// <param name="Explanation">What the columns added to the answer, as the host says it.</param>
public sealed record RowAnswer(
    string Id, string? Label = null, double? Score = null, IReadOnlyDictionary<string, double>? Scores = null, double? Value = null,
    IReadOnlyList<string>? Unseen = null, JsonObject? Explanation = null);

/// <summary>Labels that have become known.</summary>
/// <param name="Labels">One a prediction.</param>
public sealed record LabelsBody(IReadOnlyList<LabelItem> Labels);

/// <summary>The label of a prediction.</summary>
/// <param name="Id">The prediction's id.</param>
/// <param name="Label">The class name, or the number.</param>
public sealed record LabelItem(string Id, JsonNode Label);
