using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Perennial.Functions.Hosting;
using Perennial.Functions.Orchestration;

namespace Perennial.Functions.Triggers;

/// <summary>The lifecycle's activities, one function each, named as the lifecycle names them. Some start orchestrations, so all bind the client.</summary>
public sealed class ActivityFunctions(DurableActivities activities, BoundDurableClient durable)
{
    /// <summary>Settles dataset and spec.</summary>
    [Function("ingest")]
    public Task<string> Ingest([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("ingest", call, client, context);

    /// <summary>Checks the dataset against the spec.</summary>
    [Function("validate")]
    public Task<string> Validate([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("validate", call, client, context);

    /// <summary>Profiles columns and looks for leaks.</summary>
    [Function("profile")]
    public Task<string> Profile([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("profile", call, client, context);

    /// <summary>Splits rows.</summary>
    [Function("split")]
    public Task<string> Split([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("split", call, client, context);

    /// <summary>Decides the trials.</summary>
    [Function("search")]
    public Task<string> Search([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("search", call, client, context);

    /// <summary>Runs one trial.</summary>
    [Function("trial")]
    public Task<string> Trial([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("trial", call, client, context);

    /// <summary>Decides the next round of trials.</summary>
    [Function("next-trials")]
    public Task<string> NextTrials([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("next-trials", call, client, context);

    /// <summary>Chooses the winner.</summary>
    [Function("choose")]
    public Task<string> Choose([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("choose", call, client, context);

    /// <summary>Fits the winner again.</summary>
    [Function("fit")]
    public Task<string> Fit([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("fit", call, client, context);

    /// <summary>Measures on the test rows.</summary>
    [Function("evaluate")]
    public Task<string> Evaluate([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("evaluate", call, client, context);

    /// <summary>Judges.</summary>
    [Function("gate")]
    public Task<string> Gate([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("gate", call, client, context);

    /// <summary>Compares a version made again with the first.</summary>
    [Function("compare")]
    public Task<string> Compare([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("compare", call, client, context);

    /// <summary>Writes the package.</summary>
    [Function("package")]
    public Task<string> Package([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("package", call, client, context);

    /// <summary>Registers the version.</summary>
    [Function("register")]
    public Task<string> Register([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("register", call, client, context);

    /// <summary>Takes in a person's decision.</summary>
    [Function("approve")]
    public Task<string> Approve([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("approve", call, client, context);

    /// <summary>Promotes the version or starts its rollout.</summary>
    [Function("release")]
    public Task<string> Release([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("release", call, client, context);

    /// <summary>Ends the run without a version.</summary>
    [Function("reject")]
    public Task<string> Reject([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("reject", call, client, context);

    /// <summary>Ends the run with a failure.</summary>
    [Function("fail")]
    public Task<string> Fail([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("fail", call, client, context);

    /// <summary>Writes the run's report.</summary>
    [Function("run-report")]
    public Task<string> Report([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("run-report", call, client, context);

    /// <summary>Takes what is pending of a model.</summary>
    [Function("take-pending")]
    public Task<string> TakePending([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("take-pending", call, client, context);

    /// <summary>Begins a rollout.</summary>
    [Function("RolloutBegin")]
    public Task<string> BeginRollout([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("RolloutBegin", call, client, context);

    /// <summary>Judges a rollout's evidence.</summary>
    [Function("RolloutJudge")]
    public Task<string> JudgeRollout([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("RolloutJudge", call, client, context);

    /// <summary>Says when the next monitor pass is due.</summary>
    [Function("MonitorNext")]
    public Task<string> NextPass([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("MonitorNext", call, client, context);

    /// <summary>Makes a monitor pass.</summary>
    [Function("MonitorPass")]
    public Task<string> Pass([ActivityTrigger] string call, [DurableClient] DurableTaskClient client, FunctionContext context) => Run("MonitorPass", call, client, context);

    private Task<string> Run(string name, string call, DurableTaskClient client, FunctionContext context)
    {
        durable.Bind(client);
        return activities.Run(name, call, context.CancellationToken);
    }
}
