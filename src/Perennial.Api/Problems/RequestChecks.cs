using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Routes;
using Perennial.Core.Outcomes;
using Perennial.Core.Registry;

namespace Perennial.Api.Problems;

/// <summary>What every route refuses before it looks at a request.</summary>
public static class RequestChecks
{
    /// <summary>Refuses addresses that name what cannot be, encoded bodies, and an actor that is no name.</summary>
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Find(context.HttpContext) is { } problem ? problem.ToResult() : await next(context);

    private static Problem? Find(HttpContext http)
    {
        // Putting a model checks the name itself: the spec's reader says what a name is.
        if (http.GetRouteValue("model") is string model && !HttpMethods.IsPut(http.Request.Method) && !ModelNames.IsValid(model)) return ModelRoutes.Missing(model);
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        // Decoding would make the bounds of bodies bounds of something else.
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new Problem(ProblemKind.WrongMediaType, "encoded-body", $"Bodies are taken as they are, not encoded as '{encoding}'. Send it without Content-Encoding.");
        return TextBounds.CheckName("actor", http.Request.Query["actor"]);
    }
}
