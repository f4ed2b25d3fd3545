using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Perennial.Functions.Tests.Support.HandMoved;

/// <summary>
/// The test host's server, which tells the worker and the clients the hand-moved clock's time in place of the machine's, and which tells
/// histories: the test host's own has none for clients.
/// </summary>
internal sealed class HandMovedServer(
    IHostApplicationLifetime lifetime, ILoggerFactory logs, HandMovedService service, HandMovedTime time, IOptions<TaskHubGrpcServerOptions> options)
    : TaskHubGrpcServer(lifetime, logs, service, service, options)
{
    public override Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context) =>
        base.GetWorkItems(request, new Told<WorkItem>(responseStream, item => Tell(item.OrchestratorRequest)), context);

    public override async Task StreamInstanceHistory(StreamInstanceHistoryRequest request, IServerStreamWriter<HistoryChunk> responseStream, ServerCallContext context)
    {
        var told = new Told<HistoryChunk>(responseStream, Tell);
        if (request.ForWorkItemProcessing) await base.StreamInstanceHistory(request, told, context);
        else await told.WriteAsync(new HistoryChunk { Events = { service.History(request.InstanceId).Select(ProtobufUtils.ToHistoryEventProto) } });
    }

    public override async Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context)
    {
        var found = await base.GetInstance(request, context);
        if (found.Exists) Tell(found.OrchestrationState);
        return found;
    }

    public override async Task<QueryInstancesResponse> QueryInstances(QueryInstancesRequest request, ServerCallContext context)
    {
        // The store knows the machine's times: those that were asked for are compared here.
        var (from, to) = (request.Query.CreatedTimeFrom, request.Query.CreatedTimeTo);
        (request.Query.CreatedTimeFrom, request.Query.CreatedTimeTo) = (null, null);
        var found = await base.QueryInstances(request, context);
        foreach (var state in found.OrchestrationState) Tell(state);
        for (var i = found.OrchestrationState.Count - 1; i >= 0; i--)
            if (found.OrchestrationState[i].CreatedTimestamp is var created && ((from is not null && created < from) || (to is not null && created > to))) found.OrchestrationState.RemoveAt(i);
        return found;
    }

    private void Tell(OrchestratorRequest? turn)
    {
        if (turn is null) return;
        foreach (var happened in turn.PastEvents.Concat(turn.NewEvents)) happened.Timestamp = Tell(happened.Timestamp);
    }

    private void Tell(HistoryChunk chunk)
    {
        foreach (var happened in chunk.Events) happened.Timestamp = Tell(happened.Timestamp);
    }

    private void Tell(Microsoft.DurableTask.Protobuf.OrchestrationState state) =>
        (state.CreatedTimestamp, state.LastUpdatedTimestamp) = (Tell(state.CreatedTimestamp), Tell(state.LastUpdatedTimestamp));

    private Timestamp Tell(Timestamp stamped) => Timestamp.FromDateTimeOffset(time.Of(stamped.ToDateTime()));

    private sealed class Told<T>(IServerStreamWriter<T> inner, Action<T> tell) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get => inner.WriteOptions; set => inner.WriteOptions = value; }

        public Task WriteAsync(T message)
        {
            tell(message);
            return inner.WriteAsync(message);
        }
    }
}
