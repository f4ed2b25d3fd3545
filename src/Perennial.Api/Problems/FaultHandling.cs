using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Api.Problems;

/// <summary>Turns exceptions that reach the edge into problems: nothing leaves the host as a bare 500 page.</summary>
public static class FaultHandling
{
    /// <summary>Catches what the routes did not.</summary>
    public static void UseFaultHandling(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
            if (RoutingProblem(http) is { } problem) await problem.ToResult().ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            await Answer(http, exception);
        }
    });

    // Routing itself answers with a bare status; everything else that fails has a body.
    private static Problem? RoutingProblem(HttpContext http)
    {
        if (http.Response.HasStarted || http.Response.ContentType is not null) return null;
        var request = http.Request;
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.NotFound("route-unknown", $"There is nothing at {request.Method} {request.Path}. /openapi/v1.json lists every route."),
            StatusCodes.Status405MethodNotAllowed => new Problem(ProblemKind.WrongMethod, "method-not-allowed", $"{request.Path} does not take {request.Method}. /openapi/v1.json lists every route."),
            StatusCodes.Status415UnsupportedMediaType => new Problem(ProblemKind.WrongMediaType, "wrong-media-type", $"{request.Method} {request.Path} does not take '{request.ContentType ?? "a body without a media type"}'. /openapi/v1.json says what it takes."),
            _ => null,
        };
    }

    private static Task Answer(HttpContext http, Exception exception)
    {
        var result = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge().ToResult(),
            BadHttpRequestException bad => Problem.Invalid("bad-request", bad.Message).ToResult(),
            JsonException json => Problem.Invalid("bad-json", JsonMessage(json)).ToResult(),
            StoreFullException full => new Problem(ProblemKind.OutOfSpace, "store-full", full.Message).ToResult(),
            InboxFullException inbox => new Problem(ProblemKind.Unavailable, "orchestration-inbox-full", inbox.Message).ToResult(),
            RuntimeMissingException missing => Problem.Conflict("runtime-missing", missing.Message).ToResult(),
            StoreReadOnlyException readOnly => new Problem(ProblemKind.Unavailable, "store-read-only", readOnly.Message).ToResult(),
            StoreUnavailableException unavailable => Unavailable(http, unavailable),
            StoreDamagedException damaged => Damaged(http, "store-damaged", damaged.Message),
            DamagedContentException damaged => Damaged(http, "content-damaged", damaged.Message + WhereIs(http, damaged.Hash)),
            MissingContentException missing => Damaged(http, "content-damaged", missing.Message + WhereIs(http, missing.Hash)),
            _ => Fault(http, exception, $"Something unexpected went wrong. The host's log has it under trace {http.TraceIdentifier}."),
        };
        return result.ExecuteAsync(http);
    }

    /// <summary>What a body over its bound gets.</summary>
    public static Problem TooLarge() => new(ProblemKind.TooLarge, "body-too-large", "The body is larger than this route takes. Split it into several calls.");

    /// <summary>Where in the body JSON is broken.</summary>
    public static string JsonMessage(JsonException exception) =>
        $"The body is not the JSON that is wanted, at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"
        + (string.IsNullOrEmpty(exception.Path) ? "." : $", path {exception.Path}.") + " " + FirstSentence(exception.Message);

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    // Only a host whose content lies in files can name one.
    private static string WhereIs(HttpContext http, ContentHash hash) =>
        http.RequestServices.GetRequiredService<ApiServices>().Status.FileOf(hash) is { } file
            ? $" It is the file '{file}' of the host's folder; 'perennial fsck' lists all damage once no host serves it."
            : "";

    // Known and told to the caller: where it was found in the program helps nobody.
    private static IResult Damaged(HttpContext http, string code, string detail)
    {
        LogOf(http).LogError("{Method} {Path}: {Detail}", http.Request.Method, http.Request.Path, detail);
        return Body(code, detail);
    }

    // The caller is told what to do; what was met stands in the host's log alone.
    private static IResult Unavailable(HttpContext http, StoreUnavailableException unavailable)
    {
        LogOf(http).LogError(unavailable, "{Method} {Path}: the store is not to be reached.", http.Request.Method, http.Request.Path);
        return new Problem(ProblemKind.Unavailable, "store-unavailable", unavailable.Message).ToResult();
    }

    private static IResult Fault(HttpContext http, Exception exception, string detail)
    {
        var trace = http.TraceIdentifier;
        LogOf(http).LogError(exception, "Unexpected fault in {Method} {Path}, trace {Trace}.", http.Request.Method, http.Request.Path, trace);
        return Body("fault", detail);
    }

    private static ILogger LogOf(HttpContext http) => http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Perennial.Api");

    private static IResult Body(string code, string detail) => Results.Json(
        new ProblemBody($"urn:perennial:problem:{code}", "A fault in the host", 500, code, detail, null),
        Core.CoreJson.Options, ProblemResults.MediaType, 500);
}
