using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Data;

/// <summary>Which rows of a dataset train, choose and judge; rows without a label are in none.</summary>
/// <param name="By">How they were chosen.</param>
/// <param name="Train">Row indices; by time: oldest first.</param>
/// <param name="Validation">Row indices; by time: oldest first, none before the newest training row.</param>
/// <param name="Test">Row indices; by time: oldest first, none before the newest validation row.</param>
/// <param name="LeftOut">How many labelled rows are in no part, because they lie in a gap.</param>
public sealed record RowSplit(SplitKind By, int[] Train, int[] Validation, int[] Test, int? LeftOut = null)
{
    /// <summary>Training and validation rows together, in their order: what the winner is fitted on again.</summary>
    public int[] TrainAndValidation() => By == SplitKind.Time ? [.. Train, .. Validation] : [.. Train.Concat(Validation).Order()];

    /// <summary>In a sentence.</summary>
    public string Summary() => FormattableString.Invariant(
        $"{Train.Length:N0} train, {Validation.Length:N0} validation, {Test.Length:N0} test rows, {By switch { SplitKind.Time => "by time", SplitKind.Group => "by group", _ => "at random" }}{(LeftOut > 0 ? $"; {LeftOut:N0} in the gaps" : "")}");

    /// <summary>The newest share of rows that are ordered by time, at least one.</summary>
    public static int[] Newest(int[] rows, double share) => rows[^Math.Clamp((int)Math.Round(rows.Length * share), 1, rows.Length)..];
}
