namespace Perennial.Cli;

/// <summary>What the process's exit code says. Part of the public contract: scripts branch on it.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>A fault: something that should not happen.</summary>
    public const int Fault = 1;

    /// <summary>The command line, the spec or the input is not valid.</summary>
    public const int Usage = 2;

    /// <summary>No host answers at the address.</summary>
    public const int Unreachable = 3;

    /// <summary>The host refused: not found, not possible now, too large.</summary>
    public const int Refused = 4;

    /// <summary>The run ended rejected: a gate or a person said no.</summary>
    public const int Rejected = 5;

    /// <summary>The run failed.</summary>
    public const int RunFailed = 6;

    /// <summary>Something in a folder or a backup is damaged.</summary>
    public const int Damaged = 7;

    /// <summary>The list, for help texts.</summary>
    public const string Legend =
        "Exit codes: 0 done, 1 fault, 2 bad command line or input, 3 no host answers, 4 the host refused, 5 run rejected, 6 run failed, 7 damaged.";
}
