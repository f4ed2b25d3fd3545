using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Perennial.Api;
using Perennial.Api.Problems;
using Perennial.Api.Security;

namespace Perennial.Functions.Triggers;

/// <summary>
/// The local host's routes and fault handling inside a function: the function's own endpoint and route values are put aside while the
/// route table looks for its own, and put back afterwards.
/// </summary>
public sealed class ApiPipeline
{
    private readonly RequestDelegate _pipeline;
    private readonly IHttpContextAccessor? _accessor;

    /// <param name="services">The worker's services.</param>
    /// <param name="accessor">Set while a request runs, where the worker has one: it does not cross from the server to the function.</param>
    public ApiPipeline(IServiceProvider services, IHttpContextAccessor? accessor = null)
    {
        _accessor = accessor;
        var app = new ApplicationBuilder(services);
        app.UseFaultHandling();
        app.UseOtherSitesGuard();
        app.UseRouting();
        app.UseEndpoints(endpoints => endpoints.MapPerennialApi());
        _pipeline = app.Build();
    }

    /// <summary>Answers a request; what it returns writes nothing more.</summary>
    public async Task<IResult> Answer(HttpContext http)
    {
        var (endpoint, routing) = (http.GetEndpoint(), http.Features.Get<IRouteValuesFeature>());
        // With the function's endpoint in place, the route table would look no further.
        http.SetEndpoint(null);
        http.Features.Set<IRouteValuesFeature>(new RouteValuesFeature());
        if (_accessor is not null) _accessor.HttpContext = http;
        var (serversBody, serversBound) = (http.Request.Body, http.Features.Get<IHttpMaxRequestBodySizeFeature>());
        var body = new RequestBody(serversBody, serversBound?.MaxRequestBodySize);
        if (serversBound is { IsReadOnly: false }) serversBound.MaxRequestBodySize = null;
        http.Request.Body = body;
        http.Features.Set<IHttpMaxRequestBodySizeFeature>(body);
        try
        {
            await _pipeline(http);
            if (http.Response.StatusCode >= StatusCodes.Status400BadRequest) await body.Drain(http.RequestAborted);
            return Results.Empty;
        }
        catch when (http.Response.HasStarted)
        {
            // A body that ends here must not look whole.
            http.Abort();
            throw;
        }
        finally
        {
            http.SetEndpoint(endpoint);
            http.Features.Set(routing);
            http.Request.Body = serversBody;
            http.Features.Set(serversBound);
        }
    }
}
