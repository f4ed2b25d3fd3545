using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Triggers;

/// <summary>The API over HTTP: one function for all of it, and one for predictions, which is keyed alone; on Flex Consumption all HTTP functions scale together.</summary>
public sealed class HttpFunctions(ApiPipeline api, BoundDurableClient durable)
{
    /// <summary>Every route but predictions.</summary>
    [Function("api")]
    public Task<IResult> Api(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", "post", "put", "patch", "delete", Route = "{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Answer(request, client);

    /// <summary>Predictions with the champion.</summary>
    [Function("predict")]
    public Task<IResult> Predict(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/models/{model}/predict")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Answer(request, client);

    private Task<IResult> Answer(HttpRequest request, DurableTaskClient client)
    {
        durable.Bind(client);
        return api.Answer(request.HttpContext);
    }
}
