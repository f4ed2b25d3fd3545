using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Perennial.Api.Security;

namespace Perennial.Api.Tests;

/// <summary>A host that is reached by a name it does not know, as through a proxy that adds a key, does nothing for pages of other sites.</summary>
public sealed class OtherSitesTests
{
    [Theory]
    [InlineData("POST", "cross-site", "https://evil.example")]
    [InlineData("POST", "cross-site", null)]
    [InlineData("POST", "same-site", "http://127.0.0.1:3000")]
    [InlineData("PUT", "cross-site", "null")]
    [InlineData("DELETE", "cross-site", null)]
    [InlineData("POST", null, "https://evil.example")]
    [InlineData("POST", null, "null")]
    [InlineData("POST", null, "https://app.example.evil.example")]
    public async Task A_change_that_a_page_of_another_site_asks_for_is_refused(string method, string? site, string? origin)
    {
        var (status, body) = await Ask(method, "/api/models/churn/monitor", site, origin);

        Assert.Equal(400, status);
        Assert.Contains("\"code\":\"other-site\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", "cross-site", null)]
    [InlineData("GET", "/api/models", "same-site", null)]
    [InlineData("POST", "/api/models/churn/monitor", null, null)]
    [InlineData("POST", "/api/models/churn/monitor", "same-origin", "http://127.0.0.1:5230")]
    [InlineData("POST", "/api/models/churn/monitor", "none", null)]
    [InlineData("POST", "/api/models/churn/monitor", null, "https://app.example")]
    public async Task Links_programs_and_the_hosts_own_pages_are_served(string method, string path, string? site, string? origin) =>
        Assert.Equal(204, (await Ask(method, path, site, origin)).Status);

    [Fact]
    public async Task Maintenance_is_not_even_read_for_another_site() =>
        Assert.Equal(400, (await Ask("GET", "/api/maintenance/backup", "cross-site", null)).Status);

    private static async Task<(int Status, string Body)> Ask(string method, string path, string? site, string? origin)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseOtherSitesGuard();
        app.Run(served =>
        {
            served.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        var http = new DefaultHttpContext { RequestServices = services };
        (http.Request.Method, http.Request.Path, http.Request.Scheme, http.Request.Host) = (method, path, "https", new HostString("app.example"));
        if (site is not null) http.Request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null) http.Request.Headers.Origin = origin;
        using var body = new MemoryStream();
        http.Response.Body = body;
        await app.Build()(http);
        return (http.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
