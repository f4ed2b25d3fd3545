using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Perennial.Core;
using Perennial.Core.Outcomes;

namespace Perennial.Api.Problems;

/// <summary>Reads bounded JSON bodies.</summary>
public static class JsonBodies
{
    /// <summary>Reads a body of at most <paramref name="maxBytes"/>. A wrong media type, broken JSON or an unknown member is a problem.</summary>
    public static async Task<Outcome<T>> Read<T>(HttpRequest request, int maxBytes)
    {
        if (!request.HasJsonContentType())
            return new Problem(ProblemKind.WrongMediaType, "wrong-media-type", $"Send the body as application/json, not '{request.ContentType ?? "nothing"}'.");
        var body = await ReadBytes(request, maxBytes);
        if (JsonText.FindFault(body) is { } fault) return Problem.Invalid("bad-json", fault);
        try
        {
            var value = JsonSerializer.Deserialize<T>(body, CoreJson.Options);
            return value is null ? Problem.Invalid("bad-json", "The body is a JSON null.") : value;
        }
        catch (JsonException exception)
        {
            return Problem.Invalid("bad-json", FaultHandling.JsonMessage(exception));
        }
    }

    /// <summary>Reads the raw bytes of a body of at most <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]> ReadBytes(HttpRequest request, int maxBytes)
    {
        Bound(request, maxBytes);
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.ToArray();
    }

    /// <summary>Makes the server itself refuse a longer body, whether its length is declared or chunked.</summary>
    public static void Bound(HttpRequest request, long maxBytes)
    {
        var feature = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (feature is { IsReadOnly: false }) feature.MaxRequestBodySize = maxBytes;
        if (request.ContentLength > maxBytes) throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
    }
}
