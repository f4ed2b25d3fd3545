using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Cli.Commands;
using Perennial.Core;
using Perennial.Core.Data;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;

namespace Perennial.Cli.Client;

/// <summary>The public HTTP API, typed. Any host: local or Azure.</summary>
public sealed class PerennialClient : IDisposable
{
    // How often in a row a host that was being followed may be away, a second each.
    private const int MostTimesAway = 10;
    private readonly HttpClient _http;
    private readonly bool _keyed;

    /// <summary>A client of the host at an address such as <c>http://127.0.0.1:5230</c>.</summary>
    /// <param name="host">The address.</param>
    /// <param name="key">The key that the host asks for; null for one that asks for none.</param>
    /// <exception cref="UsageException">The key could be read on the way to that host.</exception>
    public PerennialClient(Uri host, FunctionKey? key = null)
    {
        _keyed = key is not null;
        _http = key?.Client(host) ?? new HttpClient();
        _http.BaseAddress = host;
        // Following a run is one long answer, so there is no time-out on the whole call.
        _http.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>The host's address.</summary>
    public Uri Host => _http.BaseAddress!;

    /// <summary>Reads a JSON resource.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<T> Get<T>(string path, CancellationToken ct = default)
    {
        using var response = await _http.GetAsync(path, ct);
        return await Read<T>(response, ct);
    }

    /// <summary>Reads a resource's bytes.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<byte[]> GetBytes(string path, CancellationToken ct = default)
    {
        using var response = await _http.GetAsync(path, ct);
        await Check(response, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>Posts without a body and reads the answer as a stream.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<T> Download<T>(string path, Func<Stream, Task<T>> read, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await Check(response, ct);
        await using var content = await response.Content.ReadAsStreamAsync(ct);
        return await read(content);
    }

    /// <summary>Posts JSON and reads JSON.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<T> Post<T>(string path, object body, CancellationToken ct = default)
    {
        using var response = await _http.PostAsJsonAsync(path, body, CoreJson.Options, ct);
        return await Read<T>(response, ct);
    }

    /// <summary>Posts without a body and expects no answer.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task Post(string path, CancellationToken ct = default)
    {
        using var response = await _http.PostAsync(path, null, ct);
        await Check(response, ct);
    }

    /// <summary>Creates a model or gives it a new spec.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<ModelRecord> PutModel(string model, byte[] spec, CancellationToken ct = default)
    {
        using var content = new ByteArrayContent(spec) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http.PutAsync($"/api/models/{model}", content, ct);
        return await Read<ModelRecord>(response, ct);
    }

    /// <summary>Has a spec checked and kept, without making it the model's.</summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<KeptSpec> KeepSpec(string model, byte[] spec, CancellationToken ct = default)
    {
        using var content = new ByteArrayContent(spec) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http.PostAsync($"/api/models/{model}/specs", content, ct);
        return await Read<KeptSpec>(response, ct);
    }

    /// <summary>Uploads rows as a stream.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="rows">Its bytes.</param>
    /// <param name="spec">A spec that was kept, to read them by and to make the model's when they fit; the model's own when null.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    public async Task<Dataset> Upload(string model, string name, Stream rows, KeptSpec? spec = null, CancellationToken ct = default)
    {
        var type = RowFormats.MediaType(RowFile.Format(name));
        using var content = new StreamContent(rows) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await _http.PostAsync($"/api/models/{model}/datasets?name={Uri.EscapeDataString(name)}{(spec is null ? "" : $"&spec={spec.Id}")}", content, ct);
        return await Read<Dataset>(response, ct);
    }

    /// <summary>
    /// The run's states as they come, until it ends, and the last one again from time to time while nothing changes. A host that lets go of
    /// its callers (another instance takes over, a gateway cuts long answers) is asked again, and given some seconds to be there again.
    /// </summary>
    /// <exception cref="ApiProblemException">The host refused.</exception>
    /// <exception cref="HttpRequestException">The host cannot be reached, or not any more.</exception>
    public async IAsyncEnumerable<RunResponse> Follow(string runId, [EnumeratorCancellation] CancellationToken ct = default)
    {
        RunResponse? last = null;
        var away = 0;
        for (var asked = false; last?.Run.Status is null or RunStatus.Running or RunStatus.AwaitingApproval; asked = true)
        {
            if (asked) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct);
            using var response = await Events(runId, mayBeAway: asked && away < MostTimesAway, ct);
            away = response is null ? away + 1 : 0;
            if (response is null) continue;
            await foreach (var state in States(response, ct)) yield return last = state;
        }
    }

    // Null where nobody answers, or a gateway has nobody to ask, and that may pass.
    private async Task<HttpResponseMessage?> Events(string runId, bool mayBeAway, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.GetAsync($"/api/runs/{runId}/events", HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException) when (mayBeAway)
        {
            return null;
        }
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            if (!mayBeAway || response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)) await Check(response, ct);
        }
        return null;
    }

    private static async IAsyncEnumerable<RunResponse> States(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken ct)
    {
        RunResponse? last = null;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct), Encoding.UTF8);
        while (await NextLine(reader, ct) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return last = JsonSerializer.Deserialize<RunResponse>(line.AsSpan(6), CoreJson.Options)!;
            // A comment: the host has nothing new to tell.
            else if (line.StartsWith(':') && last is not null) yield return last;
        }
    }

    // A stream that breaks off has ended: whether the run has is for the next one to tell.
    private static async Task<string?> NextLine(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits for the run that answers the trigger of that key.</summary>
    public async Task<RunRecord> WaitForRun(string model, string key, CancellationToken ct = default)
    {
        while (true)
        {
            var runs = await Get<IReadOnlyList<RunRecord>>($"/api/models/{model}/runs?take=10", ct);
            if (runs.FirstOrDefault(r => r.Triggers.Any(t => t.Key == key)) is { } run) return run;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> Read<T>(HttpResponseMessage response, CancellationToken ct)
    {
        await Check(response, ct);
        return await response.Content.ReadFromJsonAsync<T>(CoreJson.Options, ct) ?? throw new JsonException("The host answered with a JSON null.");
    }

    private async Task Check(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode) return;
        ProblemBody? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == ProblemResults.MediaType)
            problem = await response.Content.ReadFromJsonAsync<ProblemBody>(CoreJson.Options, ct);
        throw new ApiProblemException(problem ?? UnexplainedAnswer.Of(response, Host, _keyed));
    }
}
