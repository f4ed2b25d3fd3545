using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Perennial.Functions.Tests.Worker.Rpc;

namespace Perennial.Functions.Tests.Worker;

/// <summary>
/// Stands in for the Functions host: it starts the published app as the host does, speaks the host's protocol with it, hands HTTP on to the
/// worker's own server, and runs Durable Functions' engine, whose turns and activities it has the worker's functions do. What it has not:
/// the host's listeners (Event Grid, timers, queues), keys, CORS, limits and storage of the task hub.
/// </summary>
internal sealed class StandInHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);
    private readonly WebApplication _web;
    private readonly Process _process;
    private readonly WorkerLink _link;
    private readonly string _address;
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, RpcFunctionMetadata> _functions = new(StringComparer.Ordinal);
    private Task _work = Task.CompletedTask;

    private StandInHost(WebApplication web, Process process)
    {
        (_web, _process, _link, _address) = (web, process, web.Services.GetRequiredService<WorkerLink>(), web.Urls.First());
        _channel = GrpcChannel.ForAddress(_address);
        _process.OutputDataReceived += (_, line) => _link.Log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
    }

    /// <summary>The functions that the worker has loaded, with their bindings.</summary>
    public IReadOnlyDictionary<string, RpcFunctionMetadata> Functions => _functions;

    /// <summary>The address of the worker's own server.</summary>
    public Uri WorkerAddress { get; private set; } = new("http://localhost");

    /// <summary>The calls of functions that HTTP made.</summary>
    public ConcurrentQueue<Task<InvocationResponse>> HttpCalls { get; } = [];

    /// <summary>What the worker logged, and what it wrote.</summary>
    public string Log => string.Join('\n', _link.Log);

    /// <summary>Starts the app of a folder and loads all its functions.</summary>
    public static async Task<StandInHost> Start(string folder, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton<WorkerLink>();
        var durable = new InMemoryOrchestrationService(null);
        builder.Services.AddSingleton<IOrchestrationService>(durable).AddSingleton<IOrchestrationServiceClient>(durable).AddSingleton<TaskHubGrpcServer>();
        var web = builder.Build();
        web.MapGrpcService<WorkerLink>();
        web.MapGrpcService<TaskHubGrpcServer>();
        await web.StartAsync();
        var host = new StandInHost(web, Worker(folder, web.Urls.First(), settings));
        try
        {
            await host.Load(folder);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
        return host;
    }

    /// <summary>Adds to the log.</summary>
    public void Tell(string message) => _link.Log.Enqueue(message);

    /// <summary>A client of the app, by way of this host.</summary>
    public HttpClient Http() => new(new HttpFront(this)) { BaseAddress = new Uri("http://app.example"), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Has a function called, with its input by parameter, and waits for it to end.</summary>
    public async Task<InvocationResponse> Invoke(
        string function, IReadOnlyDictionary<string, TypedData>? input = null, IReadOnlyDictionary<string, TypedData>? metadata = null, string? id = null)
    {
        var call = new InvocationRequest { InvocationId = id ?? Guid.NewGuid().ToString(), FunctionId = _functions[function].FunctionId, TraceContext = new() };
        call.InputData.AddRange((input ?? new Dictionary<string, TypedData>()).Select(pair => new ParameterBinding { Name = pair.Key, Data = pair.Value }));
        call.InputData.Add(new ParameterBinding { Name = "client", Data = new TypedData { String = DurableClient() } });
        foreach (var (name, value) in metadata ?? new Dictionary<string, TypedData>()) call.TriggerMetadata[name] = value;
        return (await _link.Ask(new StreamingMessage { InvocationRequest = call })).InvocationResponse;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _web.DisposeAsync();
        _stop.Dispose();
    }

    // As the host's Durable extension tells a worker where its client leads.
    private string DurableClient() => JsonSerializer.Serialize(new { rpcBaseUrl = _address, taskHubName = "", connectionName = "", requiredQueryStringParameters = "" });

    private async Task Load(string folder)
    {
        await Task.WhenAny(_link.Opened, _process.WaitForExitAsync()).WaitAsync(LongestStart);
        if (_process.HasExited) throw new InvalidOperationException($"The worker ended with {_process.ExitCode}.\n{Log}");
        var init = (await _link.Ask(new StreamingMessage { WorkerInitRequest = new() { HostVersion = "4.1000.0", WorkerDirectory = folder, FunctionAppDirectory = folder } })).WorkerInitResponse;
        Check(init.Result);
        WorkerAddress = new Uri(init.Capabilities["HttpUri"]);
        var metadata = (await _link.Ask(new StreamingMessage { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } })).FunctionMetadataResponse;
        Check(metadata.Result);
        foreach (var function in metadata.FunctionMetadataResults)
        {
            var load = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function };
            Check((await _link.Ask(new StreamingMessage { FunctionLoadRequest = load })).FunctionLoadResponse.Result);
            _functions[function.Name] = function;
        }
        await Listening();
        _work = new DurableWork(this, _channel).Run(_stop.Token);
    }

    // The stream is there before the worker's own server is; the host tries again until it is.
    private async Task Listening()
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(WorkerAddress.Host, WorkerAddress.Port);
                return;
            }
            catch (SocketException) when (since.Elapsed < LongestStart)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private static void Check(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success) throw new InvalidOperationException(result.Exception?.Message);
    }

    private static Process Worker(string folder, string host, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(folder, "Perennial.Functions.dll"), "--functions-uri", host, "--functions-request-id", Guid.NewGuid().ToString(),
            "--functions-worker-id", Guid.NewGuid().ToString(), "--functions-grpc-max-message-length", int.MaxValue.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
