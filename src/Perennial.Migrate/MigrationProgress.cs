namespace Perennial.Migrate;

/// <summary>How far it is.</summary>
/// <param name="What">What is being copied.</param>
/// <param name="Done">How many are copied and compared.</param>
/// <param name="Total">Of how many; null where nobody knows before the end.</param>
public sealed record MigrationProgress(string What, int Done, int? Total);
