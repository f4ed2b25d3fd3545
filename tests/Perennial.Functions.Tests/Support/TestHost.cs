using System.Net;
using System.Net.Sockets;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;

namespace Perennial.Functions.Tests.Support;

/// <summary>Durable Functions' engine in this process.</summary>
internal static class TestHost
{
    public static Task<DurableTaskTestHost> Start(Action<DurableTaskRegistry> register)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return DurableTaskTestHost.StartAsync(register, new DurableTaskTestHostOptions { Port = port });
    }
}
