using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Perennial.Core;
using Perennial.Core.Outcomes;

namespace Perennial.Api.Problems;

/// <summary>The one place where expected failures become HTTP: RFC 9457 problem details.</summary>
public static class ProblemResults
{
    /// <summary>The media type of RFC 9457.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The HTTP status of a kind of problem.</summary>
    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => StatusCodes.Status400BadRequest,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.WrongMethod => StatusCodes.Status405MethodNotAllowed,
        ProblemKind.WrongMediaType => StatusCodes.Status415UnsupportedMediaType,
        ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ProblemKind.OutOfSpace => StatusCodes.Status507InsufficientStorage,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A kind of problem without a status."),
    };

    /// <summary>A problem as a result.</summary>
    public static IResult ToResult(this Problem problem)
    {
        var status = StatusOf(problem.Kind);
        var body = new ProblemBody($"urn:perennial:problem:{problem.Code}", TitleOf(status), status, problem.Code, problem.Detail, problem.Faults);
        return Results.Json(body, CoreJson.Options, MediaType, status);
    }

    /// <summary>The value as 200 (or what <paramref name="success"/> makes of it), or the problem.</summary>
    public static IResult ToResult<T>(this Outcome<T> outcome, Func<T, IResult>? success = null) =>
        outcome.Succeeded ? success?.Invoke(outcome.Value) ?? Json(outcome.Value) : outcome.Problem.ToResult();

    /// <summary>A JSON body under the project's JSON rules.</summary>
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, CoreJson.Options, statusCode: status);

    /// <summary>The value, or 404 with the given code and detail.</summary>
    public static IResult JsonOrNotFound<T>(T? value, string code, string detail) where T : class =>
        value is null ? Problem.NotFound(code, detail).ToResult() : Json(value);

    private static string TitleOf(int status) => status switch
    {
        400 => "The request is not valid",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Not possible in the present state",
        413 => "Too large",
        415 => "Unsupported media type",
        503 => "Not available now",
        507 => "No space left",
        _ => "A fault in the host",
    };
}

/// <summary>The body of a problem (RFC 9457, section 3.1, with two extensions).</summary>
/// <param name="Type">A URN that names the problem's kind.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable code.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Faults">Where, one by one.</param>
public sealed record ProblemBody(string Type, string Title, int Status, string Code, string Detail, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Fault>? Faults);
