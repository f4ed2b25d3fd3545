using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.DurableTask.Protobuf;
using Perennial.Functions.Tests.Worker.Rpc;

namespace Perennial.Functions.Tests.Worker;

/// <summary>What the host's Durable extension does: it hands each turn and each activity of the engine to the worker's function of that name.</summary>
internal sealed class DurableWork(StandInHost host, GrpcChannel channel)
{
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _engine = new(channel);

    public async Task Run(CancellationToken cancellationToken)
    {
        using var call = _engine.GetWorkItems(new GetWorkItemsRequest(), cancellationToken: cancellationToken);
        await foreach (var item in call.ResponseStream.ReadAllAsync(cancellationToken))
            _ = Do(item);
    }

    private async Task Do(WorkItem item)
    {
        try
        {
            await (item.RequestCase == WorkItem.RequestOneofCase.OrchestratorRequest ? Turn(item.OrchestratorRequest) : Activity(item.ActivityRequest));
        }
        catch (Exception e)
        {
            host.Tell($"A work item of the engine was lost: {e}");
        }
    }

    private async Task Turn(OrchestratorRequest turn)
    {
        var name = turn.PastEvents.Concat(turn.NewEvents).First(e => e.ExecutionStarted is not null).ExecutionStarted.Name;
        var answer = await host.Invoke(name, Input("context", Convert.ToBase64String(turn.ToByteArray())));
        if (answer.Result.Status != StatusResult.Types.Status.Success) throw new InvalidOperationException(answer.Result.Exception?.Message);
        await _engine.CompleteOrchestratorTaskAsync(OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer.ReturnValue.String)));
    }

    private async Task Activity(ActivityRequest activity)
    {
        // The engine keeps arguments as an array; the extension gives the function the only one.
        var answer = await host.Invoke(activity.Name, Input("call", JsonDocument.Parse(activity.Input).RootElement[0].GetRawText()));
        var done = new ActivityResponse { InstanceId = activity.OrchestrationInstance.InstanceId, TaskId = activity.TaskId };
        // The extension gives the engine text as JSON.
        if (answer.Result.Status == StatusResult.Types.Status.Success) done.Result = JsonSerializer.Serialize(answer.ReturnValue.String);
        else done.FailureDetails = new TaskFailureDetails { ErrorType = "Worker", ErrorMessage = answer.Result.Exception?.Message ?? "" };
        await _engine.CompleteActivityTaskAsync(done);
    }

    private static Dictionary<string, TypedData> Input(string parameter, string value) => new(StringComparer.Ordinal) { [parameter] = new TypedData { String = value } };
}
