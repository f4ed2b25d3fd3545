using Microsoft.AspNetCore.Http;
using Perennial.Api.Problems;

namespace Perennial.Api.Routes;

/// <summary>Answers every call about a model that is not there alike, lists included: an empty list would say that the model has none yet.</summary>
public static class KnownModel
{
    /// <summary>The filter.</summary>
    public static async ValueTask<object?> Required(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.RouteValues["model"] is not string model) return await next(context);
        var services = (ApiServices)http.RequestServices.GetService(typeof(ApiServices))!;
        return await services.Registry.FindModel(model, http.RequestAborted) is null ? ModelRoutes.Missing(model).ToResult() : await next(context);
    }
}
