using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Perennial.Api.Problems;
using Perennial.Core.Outcomes;

namespace Perennial.Api.Security;

/// <summary>
/// A host without authentication answers only to itself. Binding to loopback is not enough: a web page in a browser on the same
/// machine can call loopback, directly or by rebinding a name of its own. So the Host header must be a loopback name and a
/// cross-site Origin is refused, as is what <see cref="OtherSites"/> knows to come from another site without one.
/// </summary>
public static class LoopbackGuard
{
    /// <summary>Refuses what did not come from this machine's own programs or pages.</summary>
    public static void UseLoopbackGuard(this IApplicationBuilder app) => app.Use((http, next) =>
        IsLoopback(http.Request.Host.Host) && OriginIsOwn(http.Request) && !OtherSites.IsChange(http.Request)
            ? next(http)
            : Problem.Invalid("not-loopback", "This host answers only to 127.0.0.1, localhost and [::1], and not to pages of other sites.").ToResult().ExecuteAsync(http));

    private static bool OriginIsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.Host) && uri.Port == (request.Host.Port ?? 80));
    }

    /// <summary>Whether a host's name or address is this machine's own: localhost, 127.0.0.0/8 or [::1].</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
