namespace Perennial.Migrate;

/// <summary>What was copied.</summary>
/// <param name="Artifacts">Contents.</param>
/// <param name="Entities">Entities of all tables.</param>
/// <param name="Records">Predictions and labels.</param>
/// <param name="Blobs">Named blobs.</param>
public sealed record MigrationReport(int Artifacts, int Entities, int Records, int Blobs)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Artifacts} artifacts, {Entities} entities, {Records} predictions and labels, {Blobs} named blobs";
}
