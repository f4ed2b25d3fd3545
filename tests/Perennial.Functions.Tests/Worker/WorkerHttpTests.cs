using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Functions.Tests.Worker.Rpc;

namespace Perennial.Functions.Tests.Worker;

/// <summary>HTTP through the real worker where it is not smooth: large bodies, faults, callers who leave, many at a time, keys.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class WorkerHttpTests(WorkerFixture worker) : IClassFixture<WorkerFixture>
{
    private const int OverTheServersOwnBound = 40 * 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_routes_bound_is_told_as_such_whether_its_length_is_said_or_not(bool lengthIsSaid)
    {
        using var http = await WithModel();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/models/{Some.Model}/predict");
        request.Content = Bytes(OverTheServersOwnBound, "application/json");
        request.Headers.TransferEncodingChunked = !lengthIsSaid;
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("body-too-large", await Code(response));
    }

    [Fact]
    public async Task An_upload_over_the_servers_own_bound_is_streamed_to_its_end()
    {
        using var http = await WithModel();
        // One long line: read whole by the store, and refused for what it is.
        using var response = await http.PostAsync($"/api/models/{Some.Model}/datasets?name=long.csv", Bytes(OverTheServersOwnBound, "text/csv"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("long.csv", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_leaves_in_the_middle_of_a_body_ends_the_call_and_nothing_else()
    {
        using var http = await WithModel();
        var calls = worker.Host.HttpCalls.Count;
        await Assert.ThrowsAnyAsync<Exception>(() => http.PostAsync($"/api/models/{Some.Model}/datasets?name=half.csv", new StreamContent(new BreakingStream()) { Headers = { ContentType = new("text/csv") } }));
        var call = worker.Host.HttpCalls.Skip(calls).Single();
        Assert.Equal(StatusResult.Types.Status.Success, (await call).Result.Status);
        Assert.DoesNotContain("Unexpected fault", worker.Host.Log, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/health")).StatusCode);
    }

    [Fact]
    public async Task Calls_at_the_same_time_get_each_their_own_answer()
    {
        using var http = await WithModel();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await http.SendAsync((i % 3) switch
            {
                0 => new HttpRequestMessage(HttpMethod.Get, $"/api/nowhere/{i}"),
                1 => new HttpRequestMessage(HttpMethod.Get, $"/api/models/model-{i}"),
                _ => new HttpRequestMessage(HttpMethod.Post, $"/api/models/model-{i}/predict") { Content = new StringContent("{}", Encoding.UTF8, "application/json") },
            });
            return (i, await response.Content.ReadAsStringAsync());
        }));
        Assert.All(answers, answer => Assert.Contains(answer.i % 3 == 0 ? $"/api/nowhere/{answer.i}." : $"'model-{answer.i}'", answer.Item2, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_stand_in_no_answer_and_in_no_log()
    {
        const string InAddress = "key-of-the-address";
        const string InHeader = "key-of-the-header";
        using var http = await WithModel();
        foreach (var path in new[] { "/api/health", "/api/nowhere", "/api/models/a%20b", $"/api/models/{Some.Model}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?code={InAddress}");
            request.Headers.Add("x-functions-key", InHeader);
            using var response = await http.SendAsync(request);
            var answer = $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync()}";
            Assert.DoesNotContain(InAddress, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(InHeader, answer, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(InAddress, worker.Host.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(InHeader, worker.Host.Log, StringComparison.Ordinal);
    }

    private static ByteArrayContent Bytes(int length, string type)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)'x');
        return new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
    }

    private static async Task<string?> Code(HttpResponseMessage response) => (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"];

    private async Task<HttpClient> WithModel()
    {
        var http = worker.Host.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.PutAsync($"/api/models/{Some.Model}", new StringContent(Some.Spec, Encoding.UTF8, "application/json"))).StatusCode);
        return http;
    }

    /// <summary>A body that ends with its caller.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        private int _left = 64;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left-- == 0) throw new IOException("The caller has gone.");
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
