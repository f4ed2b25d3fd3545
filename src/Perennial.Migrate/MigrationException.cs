namespace Perennial.Migrate;

/// <summary>Why nothing, or not all, was migrated, and what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
