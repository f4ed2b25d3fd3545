using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Perennial.Api.Routes;

/// <summary>The overview page: files embedded in the assembly, so that a host is one folder of binaries.</summary>
public static class PageRoutes
{
    private static readonly EmbeddedFileProvider Files = new(typeof(PageRoutes).Assembly, "Perennial.Api.wwwroot");

    /// <summary>Maps the page and its files.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext http) => Send(http, "index.html", "text/html; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/app.css", (HttpContext http) => Send(http, "app.css", "text/css; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/app.js", (HttpContext http) => Send(http, "app.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
    }

    private static IResult Send(HttpContext http, string file, string type)
    {
        http.Response.Headers[HeaderNames.ContentSecurityPolicy] = "default-src 'self'; img-src data:; frame-ancestors 'none'";
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        return Results.Stream(Files.GetFileInfo(file).CreateReadStream(), type);
    }
}
