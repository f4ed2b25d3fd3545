using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Perennial.Functions.Tests.Worker.Rpc;

namespace Perennial.Functions.Tests.Worker;

/// <summary>The Functions host's end of the stream that a worker opens: questions and their answers, and the worker's log.</summary>
internal sealed class WorkerLink : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _waiting = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a worker has come.</summary>
    public Task Opened => _opened.Task;

    /// <summary>What the worker logged.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <inheritdoc/>
    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var writing = Write(responseStream, context.CancellationToken);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken)) Take(message);
        }
        finally
        {
            _outgoing.Writer.TryComplete();
            foreach (var waiting in _waiting.Values) waiting.TrySetException(new IOException("The worker has gone."));
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends a question and waits for its answer.</summary>
    public async Task<StreamingMessage> Ask(StreamingMessage question)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[question.RequestId] = answer;
        Tell(question);
        return await answer.Task;
    }

    /// <summary>Sends what has no answer.</summary>
    public void Tell(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    private void Take(StreamingMessage message)
    {
        if (message.ContentCase is StreamingMessage.ContentOneofCase.StartStream) _opened.TrySetResult();
        else if (message.RpcLog is { } log) Log.Enqueue($"{log.Category}: {log.Message} {log.Exception?.Message}");
        else if (_waiting.TryRemove(message.RequestId, out var waiting)) waiting.TrySetResult(message);
    }

    private async Task Write(IServerStreamWriter<StreamingMessage> worker, CancellationToken cancellationToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken)) await worker.WriteAsync(message, cancellationToken);
    }
}
