using Perennial.Api.Tests.Support;

namespace Perennial.Api.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_host_tells_its_version_and_its_own_time()
    {
        await using var host = await RunningHost.Start();

        var (status, type, body) = await host.Send(HttpMethod.Get, "/api/health");

        Assert.Equal((200, "application/json"), (status, type));
        RunningHost.AssertJson("""{ "status": "ok", "version": "0.1.0", "time": "2020-01-01T00:00:00+00:00", "busy": false, "predictionLog": { "logging": true, "unlogged": 0 } }""", body);
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem_that_says_where_the_routes_are()
    {
        await using var host = await RunningHost.Start();

        var (status, type, body) = await host.Send(HttpMethod.Get, "/api/nothing-here");

        Assert.Equal((404, "application/problem+json"), (status, type));
        RunningHost.AssertJson("""
            {
              "type": "urn:perennial:problem:route-unknown", "title": "Not found", "status": 404, "code": "route-unknown",
              "detail": "There is nothing at GET /api/nothing-here. /openapi/v1.json lists every route."
            }
            """, body);
    }

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData("evil.example:5230", null)]
    [InlineData(null, "https://evil.example")]
    [InlineData(null, "null")]
    public async Task A_page_of_another_site_cannot_call_the_host_of_this_machine(string? hostHeader, string? origin)
    {
        await using var host = await RunningHost.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/models");
        if (hostHeader is not null) request.Headers.Host = hostHeader;
        if (origin is not null) request.Headers.Add("Origin", origin);

        var (status, _, body) = await host.Send(request);

        Assert.Equal((400, "not-loopback"), (status, (string?)body!["code"]));
    }

    [Fact]
    public async Task The_overview_page_is_served_with_a_policy_that_allows_no_foreign_code()
    {
        await using var host = await RunningHost.Start();

        using var response = await host.Http.GetAsync("/");

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'self'", string.Join(';', response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_OpenApi_document_is_the_approved_one()
    {
        await using var host = await RunningHost.Start();

        var (_, _, document) = await host.Send(HttpMethod.Get, "/openapi/v1.json");

        var approved = Path.Combine(Repository.Root, "docs", "openapi.json");
        RunningHost.AssertJson(await File.ReadAllTextAsync(approved), document);
    }
}
