using System.Text.Json;
using System.Text.Json.Serialization;
using Perennial.Core.Outcomes;

namespace Perennial.Core.Serving;

/// <summary>Rows to predict: at most 10,000 a call.</summary>
/// <param name="Rows">One JSON object a row, keyed by column.</param>
/// <param name="Ids">One id a row, 1 to 200 characters, unique in the call; made by the host when absent. The first prediction with an id is the one that its label belongs to.</param>
/// <param name="Explain">How many columns an answer names with what they added to it, the largest first: 1 to 100, for at most 100 rows a call. Nothing is explained when absent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PredictRequest(IReadOnlyList<JsonElement> Rows, IReadOnlyList<string>? Ids = null, int? Explain = null);

/// <summary>Predictions, in the order of the rows.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Predictions">One a row.</param>
/// <param name="Logged">Whether they are in the log, durably. False for a named version, which is never logged, and while the log has no space left.</param>
/// <param name="Warning">Why they are not, where they should be, and what to do.</param>
public sealed record PredictResponse(string Model, int Version, IReadOnlyList<RowPrediction> Predictions, bool Logged, string? Warning = null);

/// <summary>The answer to one row.</summary>
/// <param name="Id">The prediction's id, under which its label is sent later.</param>
/// <param name="Label">Classification: the answered class.</param>
/// <param name="Score">Binary: the probability of the positive class.</param>
/// <param name="Scores">Multiclass: the probability of each class.</param>
/// <param name="Value">Regression: the value.</param>
/// <param name="Unseen">Columns whose category the version was not trained on.</param>
/// <param name="Explanation">What the columns added to the answer, where that was asked for.</param>
public sealed record RowPrediction(
    string Id,
    string? Label = null,
    double? Score = null,
    IReadOnlyDictionary<string, double>? Scores = null,
    double? Value = null,
    IReadOnlyList<string>? Unseen = null,
    Explanation? Explanation = null);

/// <summary>The bounds of a call.</summary>
public static class ServingLimits
{
    /// <summary>Rows, or labels, a call.</summary>
    public const int Rows = 10_000;

    /// <summary>Rows a call whose answers are explained.</summary>
    public const int ExplainedRows = 100;

    /// <summary>Columns that an explanation names.</summary>
    public const int ExplainedColumns = 100;

    /// <summary>Characters an id.</summary>
    public const int IdLength = 200;

    /// <summary>Bytes of a row as it is logged, with its id and scores.</summary>
    public const int RowBytes = 512 * 1024;

    /// <summary>What is wrong with an id; null when nothing is.</summary>
    public static string? FaultOf(string? id) => id is { Length: > 0 and <= IdLength } && !id.Any(char.IsControl)
        ? null
        : $"An id is 1 to {IdLength} characters without control characters.";

    /// <summary>A problem when more is to be explained than can be.</summary>
    public static Problem? CheckExplain(int? columns, int rows) => columns switch
    {
        null => null,
        < 1 or > ExplainedColumns => Problem.Invalid("bad-explain", $"'explain' is the number of columns to name: 1 to {ExplainedColumns}, not {columns}."),
        _ when rows > ExplainedRows => new Problem(ProblemKind.TooLarge, "too-many-rows-to-explain", $"The call has {rows} rows; at most {ExplainedRows} are explained in one. Split it, or leave 'explain' out."),
        _ => null,
    };

    /// <summary>A problem when a call has no rows or too many.</summary>
    public static Problem? Check(int count, string what) => count switch
    {
        0 => Problem.Invalid("no-" + what, $"The call has no {what}."),
        > Rows => new Problem(ProblemKind.TooLarge, "too-many-" + what, $"The call has {count} {what}; at most {Rows} go into one. Split it."),
        _ => null,
    };
}
