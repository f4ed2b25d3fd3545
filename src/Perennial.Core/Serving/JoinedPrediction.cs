using System.Text.Json;

namespace Perennial.Core.Serving;

/// <summary>A prediction with its label, as far as one has come.</summary>
/// <param name="Id">The prediction's id.</param>
/// <param name="At">When it was answered.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Row">The row's logged columns.</param>
/// <param name="Scores">The version's scores.</param>
/// <param name="Shadow">The challenger's scores.</param>
/// <param name="Label">The newest label; null when none has come.</param>
/// <param name="FirstLabel">The label that came first: a correction never re-enters a test that has counted the row.</param>
/// <param name="LabelColumn">The column that the newest label is of; null where the log does not say.</param>
public sealed record JoinedPrediction(
    string Id,
    DateTimeOffset At,
    int Version,
    JsonElement Row,
    IReadOnlyList<double> Scores,
    ShadowRecord? Shadow,
    string? Label,
    string? FirstLabel,
    string? LabelColumn = null)
{
    /// <summary>The scores that the given version gave, as champion or in shadow; null when it gave none.</summary>
    public IReadOnlyList<double>? ScoresOf(int version) => version == Version ? Scores : Shadow?.Version == version ? Shadow.Scores : null;
}
