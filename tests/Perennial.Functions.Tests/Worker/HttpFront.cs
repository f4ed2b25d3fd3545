using System.Text.RegularExpressions;

namespace Perennial.Functions.Tests.Worker;

/// <summary>HTTP as the Functions host hands it on: the function is called over the stream, and the request goes to the worker's own server with the call's id.</summary>
internal sealed partial class HttpFront(StandInHost host) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var path = request.RequestUri!.PathAndQuery;
        var function = request.Method == HttpMethod.Post && Predict().IsMatch(path) ? "predict" : "api";
        request.Headers.Add("x-ms-invocation-id", id);
        request.RequestUri = new Uri(host.WorkerAddress, path);
        host.HttpCalls.Enqueue(host.Invoke(function, id: id));
        return await base.SendAsync(request, cancellationToken);
    }

    [GeneratedRegex(@"^/api/models/[^/?]+/predict(\?|$)")]
    private static partial Regex Predict();
}
