using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Perennial.Api.Problems;
using Perennial.Core.Outcomes;

namespace Perennial.Api.Security;

/// <summary>
/// A host without authentication answers only to itself. Binding to loopback is not enough: a web page in a browser on the same
/// machine can call loopback, directly or by rebinding a name of its own. So the Host header must be a loopback name and a
/// cross-site Origin is refused. What a page can ask for without an Origin, such as an image, bears where it comes from in Sec-Fetch-Site:
/// nothing that changes or looks after the host is done for another site.
/// </summary>
public static class LoopbackGuard
{
    /// <summary>Refuses what did not come from this machine's own programs or pages.</summary>
    public static void UseLoopbackGuard(this IApplicationBuilder app) => app.Use((http, next) =>
        IsLoopback(http.Request.Host.Host) && OriginIsOwn(http.Request) && !IsForAnotherSite(http.Request)
            ? next(http)
            : Problem.Invalid("not-loopback", "This host answers only to 127.0.0.1, localhost and [::1], and not to pages of other sites.").ToResult().ExecuteAsync(http));

    private static bool OriginIsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.Host) && uri.Port == (request.Host.Port ?? 80));
    }

    // Pages of other ports of this machine are other sites too, as their Origin is. Browsers send "none" for what a person typed.
    private static bool IsForAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
        && (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || request.Path.StartsWithSegments("/api/maintenance"));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
