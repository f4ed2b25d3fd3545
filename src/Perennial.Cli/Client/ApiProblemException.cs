using Perennial.Api.Problems;
using Perennial.Core.Outcomes;

namespace Perennial.Cli.Client;

/// <summary>The host answered with a problem.</summary>
public sealed class ApiProblemException(ProblemBody problem) : Exception(problem.Detail)
{
    /// <summary>The problem as it came.</summary>
    public ProblemBody Problem => problem;

    /// <summary>A problem that was found before any host was asked.</summary>
    public static ApiProblemException Of(Problem problem) => new(new ProblemBody(
        $"urn:perennial:problem:{problem.Code}", problem.Detail, ProblemResults.StatusOf(problem.Kind), problem.Code, problem.Detail, problem.Faults));

    /// <summary>The exit code that tells it.</summary>
    public int ExitCode => problem.Status switch
    {
        500 when problem.Code is "store-damaged" or "content-damaged" => ExitCodes.Damaged,
        400 or 413 => ExitCodes.Usage,
        >= 500 and not 503 and not 507 => ExitCodes.Fault,
        _ => ExitCodes.Refused,
    };
}
