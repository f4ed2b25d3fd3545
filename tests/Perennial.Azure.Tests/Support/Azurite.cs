using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Perennial.Azure.Tests.Support;

/// <summary>
/// The storage emulator (npm package <c>azurite</c>) on free ports, in memory, for all tests of the collection. Where it is missing every
/// test fails and says how to get it: none is left out in silence.
/// </summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";

    // The emulator's published key.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        int[] ports = [.. Enumerable.Range(0, 3).Select(_ => FreePort())];
        var command = Environment.GetEnvironmentVariable("PERENNIAL_AZURITE") ?? "azurite";
        string[] arguments =
        [
            "--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
            "--blobPort", Text(ports[0]), "--queuePort", Text(ports[1]), "--tablePort", Text(ports[2]),
        ];
        try
        {
            _process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"There is no Azurite at '{command}': run 'npm install -g azurite', or name its executable in PERENNIAL_AZURITE.", e);
        }
        // Read on and on: an emulator that says much must not wait for somebody to take it.
        _process.OutputDataReceived += Said;
        _process.ErrorDataReceived += Said;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        foreach (var port in ports) await Listening(port);
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + string.Concat(new[] { "Blob", "Queue", "Table" }.Select((service, i) => $"{service}Endpoint=http://127.0.0.1:{ports[i]}/{Account};"));
    }

    /// <summary>Stores under a prefix that no other test has.</summary>
    public AzureStores Stores(TimeProvider? clock = null) => AzureStores.Open(Options(), clock ?? TimeProvider.System);

    public AzureStorageOptions Options() => new() { ConnectionString = ConnectionString, Prefix = "t" + Guid.NewGuid().ToString("N")[..16] };

    public Task DisposeAsync()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.Dispose();
        return Task.CompletedTask;
    }

    // The last lines say why it ended.
    private void Said(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        _said.Enqueue(line.Data);
        if (_said.Count > 50) _said.TryDequeue(out _);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Listening(int port)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            if (_process!.HasExited)
            {
                // Until all that it said has come.
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"Azurite ended: {string.Join(Environment.NewLine, _said)}");
            }
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (since.Elapsed < LongestStart)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}

[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<Azurite>
{
    public const string Name = "azurite";
}
