using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Perennial.Api.Problems;
using Perennial.Core.Ports;

namespace Perennial.Api.Tests;

/// <summary>A store that lies elsewhere and does not answer.</summary>
public sealed class UnavailableStoreTests
{
    [Fact]
    public async Task The_caller_is_told_to_come_again_and_what_to_look_at_but_not_what_was_met()
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseFaultHandling();
        app.Run(_ => throw new StoreUnavailableException("The storage 'there' answers 503. Try again later.", new InvalidOperationException("Secret: sesame")));
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };

        await app.Build()(http);

        var problem = JsonNode.Parse(body.ToArray())!;
        Assert.Equal((503, "store-unavailable", "The storage 'there' answers 503. Try again later."), (http.Response.StatusCode, (string?)problem["code"], (string?)problem["detail"]));
        Assert.DoesNotContain("sesame", problem.ToJsonString(), StringComparison.Ordinal);
    }
}
