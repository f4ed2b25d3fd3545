using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Problems;
using Perennial.Core.Serving;

namespace Perennial.Api.Routes;

/// <summary>Predictions and labels.</summary>
public static class PredictRoutes
{
    // 10,000 rows of 3 KiB.
    private const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void MapPredictions(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithTags("predictions").AddEndpointFilter(KnownModel.Required);
        routes.MapPost("/models/{model}/predict", Predict)
            .WithName("predict").WithSummary("Predict one row or many with the champion").Accepts<PredictRequest>("application/json").Produces<PredictResponse>();
        routes.MapPost("/models/{model}/versions/{version:int}/predict", PredictWith)
            .WithName("predictWithVersion").WithSummary("Predict with a named version, without logging").Accepts<PredictRequest>("application/json").Produces<PredictResponse>();
        routes.MapPost("/models/{model}/labels", Label)
            .WithName("addLabels").WithSummary("Tell what really happened").Accepts<LabelsRequest>("application/json").Produces<LabelsResponse>();
    }

    private static async Task<IResult> Predict(string model, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<PredictRequest>(http, MaxBytes);
        return body.Succeeded ? (await api.Predictions.Predict(model, body.Value, ct)).ToResult() : body.Problem.ToResult();
    }

    private static async Task<IResult> PredictWith(string model, int version, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<PredictRequest>(http, MaxBytes);
        return body.Succeeded ? (await api.Predictions.PredictWith(model, version, body.Value, ct)).ToResult() : body.Problem.ToResult();
    }

    private static async Task<IResult> Label(string model, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<LabelsRequest>(http, MaxBytes);
        return body.Succeeded ? (await api.Labels.Add(model, body.Value, ct)).ToResult() : body.Problem.ToResult();
    }
}
