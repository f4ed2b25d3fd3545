using Azure.Core.Pipeline;

namespace Perennial.Azure.Tests.Support;

/// <summary>Stands between a client and the service: sees requests, and may answer in the service's place.</summary>
/// <remarks>The function is given the request and what sends it on.</remarks>
internal sealed class Between(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> answer) : DelegatingHandler(new SocketsHttpHandler())
{
    public int Requests { get; private set; }

    public static HttpResponseMessage Fault(int status, string code)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)status)
        {
            Content = new StringContent($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>The test says so.</Message></Error>", null, "application/xml"),
        };
        response.Headers.Add("x-ms-error-code", code);
        return response;
    }

    public HttpPipelineTransport Transport() => new HttpClientTransport(new HttpClient(this));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        return answer(request, () => base.SendAsync(request, cancellationToken));
    }
}
