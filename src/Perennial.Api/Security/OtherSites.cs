using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Perennial.Api.Problems;
using Perennial.Core.Outcomes;

namespace Perennial.Api.Security;

/// <summary>
/// What pages of other sites may not make a browser ask for: anything that changes or looks after the host. What a page can ask for without
/// an Origin, such as an image or a link, still bears where it comes from in Sec-Fetch-Site. Programs send neither and are not meant.
/// </summary>
public static class OtherSites
{
    /// <summary>
    /// Refuses changes that pages of other sites ask for, on a host that knows neither its public name (a proxy may have given it another)
    /// nor whether who asks is a person: one whose browser goes through a proxy that adds a key would lend it to every page. Reading is
    /// left to the browser's own rule, by which no page sees what another origin answers.
    /// </summary>
    public static void UseOtherSitesGuard(this IApplicationBuilder app) => app.Use((http, next) =>
        IsChange(http.Request) || IsUnexplainedChange(http.Request)
            ? Problem.Invalid("other-site", "This host changes nothing for pages of other sites.").ToResult().ExecuteAsync(http)
            : next(http));

    /// <summary>Whether the browser says that another site's page asks for a change, or for the host's maintenance.</summary>
    // Pages of other ports of the same machine are other sites too, as their Origin is. Browsers send "none" for what a person typed.
    public static bool IsChange(HttpRequest request) =>
        Site(request) is not ("" or "same-origin" or "none") && (!IsSafe(request) || request.Path.StartsWithSegments("/api/maintenance"));

    // A browser older than Sec-Fetch-Site (2023) names at least where a change comes from; Go's net/http.CrossOriginProtection has the same rule.
    private static bool IsUnexplainedChange(HttpRequest request) =>
        Site(request).Length == 0 && !IsSafe(request) && request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private static string Site(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString();

    private static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
