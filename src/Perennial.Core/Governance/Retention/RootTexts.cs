using System.Runtime.CompilerServices;
using Perennial.Core.Ports;

namespace Perennial.Core.Governance.Retention;

/// <summary>Every text outside the content store that may hold a reference: all properties of all tables, all orchestrations, all named blobs.</summary>
/// <param name="tables">All tables.</param>
/// <param name="orchestrations">All instances.</param>
/// <param name="waiting">What waits for an instance; null where histories hold it already.</param>
/// <param name="blobs">All blobs; null where the host has none.</param>
internal sealed class RootTexts(ITableStore tables, IOrchestrationClient orchestrations, WaitingEvents? waiting, INamedBlobs? blobs)
{
    /// <summary>The texts, read now.</summary>
    /// <param name="leaveOutRow">Rows that a dry run takes for gone.</param>
    /// <param name="leaveOutInstance">Instances that a dry run takes for gone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<string> Read(
        Func<string, TableEntity, bool> leaveOutRow, Func<OrchestrationState, bool> leaveOutInstance, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var table in tables.Tables(cancellationToken))
            await foreach (var text in Table(table, leaveOutRow, cancellationToken)) yield return text;
        await foreach (var instance in Instances(cancellationToken))
            if (!leaveOutInstance(instance))
                await foreach (var text in Instance(instance, cancellationToken)) yield return text;
        if (blobs is null) yield break;
        await foreach (var name in blobs.List("", cancellationToken))
            if (await blobs.Read(name, cancellationToken) is { } blob) yield return System.Text.Encoding.Latin1.GetString(blob.Content.Span);
    }

    /// <summary>All instances, in the order of their ids.</summary>
    public async IAsyncEnumerable<OrchestrationState> Instances([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new OrchestrationQuery(Take: 1000);
        do
        {
            var page = await orchestrations.Query(query, cancellationToken);
            foreach (var instance in page.Instances) yield return instance;
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }

    private async IAsyncEnumerable<string> Table(string table, Func<string, TableEntity, bool> leaveOut, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new TableQuery(table, null);
        do
        {
            var page = await tables.Query(query, cancellationToken);
            foreach (var entity in page.Entities.Where(entity => !leaveOut(table, entity)))
            {
                yield return entity.Partition;
                yield return entity.Row;
                foreach (var value in entity.Properties.Values) yield return value;
            }
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }

    private async IAsyncEnumerable<string> Instance(OrchestrationState state, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return state.InstanceId;
        if (state.CustomStatus is { } status) yield return status.GetRawText();
        if (state.Output is { } output) yield return output.GetRawText();
        if (state.Failure is { } failure) yield return failure.Message;
        // What waits first: meanwhile it may become history, and not the other way round.
        var waits = waiting is null ? [] : await waiting(state.InstanceId, cancellationToken);
        foreach (var happened in waits.Concat(await orchestrations.History(state.InstanceId, cancellationToken)))
        {
            if (happened.Name is { } name) yield return name;
            if (happened.Data is { } data) yield return data.GetRawText();
        }
    }
}
