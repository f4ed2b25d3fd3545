namespace Perennial.Migrate;

/// <summary>Why nothing, or not all, was migrated, and what to do.</summary>
public sealed class MigrationException(string message, int exitCode = MigrateExitCodes.Refused) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}
