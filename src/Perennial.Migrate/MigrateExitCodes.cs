namespace Perennial.Migrate;

/// <summary>What the process's exit code says: the same numbers as of <c>perennial</c>, which starts this program.</summary>
public static class MigrateExitCodes
{
    /// <summary>Copied and compared.</summary>
    public const int Ok = 0;

    /// <summary>A fault, or it was stopped; started again it goes on.</summary>
    public const int Fault = 1;

    /// <summary>The command line, the folder or the account's name is not valid.</summary>
    public const int Usage = 2;

    /// <summary>The storage account does not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>Not possible now: a host serves the folder, something has not ended, the target is not empty, or Azure says no.</summary>
    public const int Refused = 4;

    /// <summary>Something in the source is damaged, or a copy differs.</summary>
    public const int Damaged = 7;

    /// <summary>The list, for help texts.</summary>
    public const string Legend = "Exit codes: 0 copied, 1 fault or stopped, 2 bad command line, 3 no answer, 4 refused, 7 damaged.";
}
