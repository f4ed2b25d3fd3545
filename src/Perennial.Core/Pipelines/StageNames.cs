using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>The pipeline's activities. Part of histories: a name never changes its meaning.</summary>
public static class StageNames
{
    /// <summary>Settles dataset and spec.</summary>
    public static readonly ActivityName<RunState, RunState> Ingest = new("ingest");

    /// <summary>Checks the dataset against the spec.</summary>
    public static readonly ActivityName<RunState, RunState> Validate = new("validate");

    /// <summary>Profiles columns and looks for leaks.</summary>
    public static readonly ActivityName<RunState, RunState> Profile = new("profile");

    /// <summary>Splits rows.</summary>
    public static readonly ActivityName<RunState, RunState> Split = new("split");

    /// <summary>Decides all trials at once: version 1 of the pipeline. The stage that people see keeps its name.</summary>
    public static readonly ActivityName<RunState, RunState> Search = new("search");

    /// <summary>Runs one trial.</summary>
    public static readonly ActivityName<TrialCall, ContentHash> Trial = new("trial");

    /// <summary>Decides the next batch of trials from all before it; ends the search and chooses the winner where there is none.</summary>
    public static readonly ActivityName<SearchRound, SearchRound> NextTrials = new("next-trials");

    /// <summary>Chooses the winner: version 1 of the pipeline.</summary>
    public static readonly ActivityName<TrialsDone, RunState> Choose = new("choose");

    /// <summary>Fits the winner again.</summary>
    public static readonly ActivityName<RunState, RunState> Fit = new("fit");

    /// <summary>Measures on the test rows.</summary>
    public static readonly ActivityName<RunState, RunState> Evaluate = new("evaluate");

    /// <summary>Judges.</summary>
    public static readonly ActivityName<RunState, RunState> Gate = new("gate");

    /// <summary>Ends a run that makes a version again: is it the same model?</summary>
    public static readonly ActivityName<RunState, Nothing> Compare = new("compare");

    /// <summary>Writes the package.</summary>
    public static readonly ActivityName<RunState, RunState> Package = new("package");

    /// <summary>Registers the version, and says whether a person must agree.</summary>
    public static readonly ActivityName<RunState, RunState> Register = new("register");

    /// <summary>Takes in a person's decision, or that none came.</summary>
    public static readonly ActivityName<ApprovalOutcome, RunState> Approve = new("approve");

    /// <summary>Promotes the version or starts its rollout, and ends the run.</summary>
    public static readonly ActivityName<RunState, Nothing> Release = new("release");

    /// <summary>Ends the run without a version.</summary>
    public static readonly ActivityName<RunState, Nothing> Reject = new("reject");

    /// <summary>Ends the run with a failure.</summary>
    public static readonly ActivityName<RunFailure, Nothing> Fail = new("fail");

    /// <summary>Writes the run's <c>report.html</c>.</summary>
    public static readonly ActivityName<RunKey, Nothing> Report = new("run-report");

    /// <summary>Takes what is pending of a model.</summary>
    public static readonly ActivityName<string, TakenRun> TakePending = new("take-pending");
}
