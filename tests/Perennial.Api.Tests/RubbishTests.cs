using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Perennial.Api.Tests.Support;

namespace Perennial.Api.Tests;

/// <summary>Requests that once ended as a fault of the host, or were taken and broke something later.</summary>
public sealed class RubbishTests(RubbishTests.TrainedHost trained) : IClassFixture<RubbishTests.TrainedHost>
{
    private const string Row = """{ "age": 30, "plan": "pro", "city": "Ulm" }""";

    private readonly RunningHost _host = trained.Host;

    [Theory]
    [InlineData("/api/models/%F0%9F%98%80")]
    [InlineData("/api/models/a%5Cb/runs")]
    [InlineData("/api/models/%3F%23/aliases")]
    [InlineData("/api/models/a%0Ab/versions")]
    [InlineData("/api/models/..%2F..%2Fetc/datasets")]
    [InlineData("/api/models/%C3%A9/alerts")]
    [InlineData("/api/models/%C3%A9/audit")]
    [InlineData("/api/models/%C3%A9/rollouts/1")]
    [InlineData("/api/models/%C3%A9/monitor/reports")]
    public async Task A_name_that_no_model_can_have_names_no_model(string path)
    {
        var (status, type, body) = await _host.Send(HttpMethod.Get, path);

        Assert.Equal((404, "application/problem+json", "model-unknown"), (status, type, (string?)body!["code"]));
    }

    [Fact]
    public async Task A_very_long_name_or_run_id_names_nothing()
    {
        Assert.Equal("model-unknown", await Code(HttpMethod.Get, $"/api/models/{new string('x', 2000)}", 404));
        Assert.Equal("run-unknown", await Code(HttpMethod.Get, $"/api/runs/run-{new string('x', 2000)}-1", 404));
    }

    [Theory]
    [InlineData("""{ "rows": [{ "age": 30, "plan": "\ud800", "city": "Ulm" }] }""")]
    [InlineData("""{ "rows": [{ "age": 30, "plan": "\udc00x", "city": "Ulm" }] }""")]
    [InlineData("""{ "rows": [{ "age": 30, "plan": "pro", "city": "Ulm", "\ud800": 1 }] }""")]
    public async Task Half_a_surrogate_pair_in_a_row_is_refused_with_its_place(string json)
    {
        var (status, _, body) = await _host.Send(HttpMethod.Post, "/api/models/churn/predict", json);

        Assert.Equal((400, "bad-json"), (status, (string?)body!["code"]));
        var place = Encoding.UTF8.GetBytes(json.Split("\"\\u")[0]).Length + 1;
        Assert.Contains($"at byte {place} ", (string?)body["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused_with_their_place()
    {
        byte[] bytes = [.. """{ "rows": [{ "plan": "p"""u8, 0xFF, .. "\" }] }"u8];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models/churn/predict");
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        var (status, _, body) = await _host.Send(request);

        Assert.Equal((400, "bad-json"), (status, (string?)body!["code"]));
        Assert.Contains("not UTF-8 from byte 24 on", (string?)body["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_surrogate_pair_and_other_escapes_are_text()
    {
        var (status, _, body) = await _host.Send(
            HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [{ "age": 30, "plan": "\ud83d\ude00\u00e9", "city": "Ulm" }] }""");

        Assert.Equal(200, status);
        Assert.Equal("plan", (string?)body!["predictions"]![0]!["unseen"]![0]);
    }

    [Fact]
    public async Task A_row_too_large_for_the_log_is_named_and_nothing_is_predicted()
    {
        var large = $$"""{ "rows": [{{Row}}, { "age": 30, "plan": "{{new string('x', 600_000)}}", "city": "Ulm" }], "ids": ["small", "large"] }""";

        var (status, _, body) = await _host.Send(HttpMethod.Post, "/api/models/churn/predict", large);

        Assert.Equal((413, "row-too-large", "rows[1]"), (status, (string?)body!["code"], (string?)body["faults"]![0]!["where"]));
        Assert.Single((JsonArray)body["faults"]!);
    }

    [Theory]
    [InlineData("""{ "labels": [null] }""", "bad-labels", "labels[0]")]
    [InlineData("""{ "labels": [{ "id": "a", "label": "\ud800" }] }""", "bad-json", null)]
    public async Task A_label_that_is_none_is_refused(string json, string code, string? where)
    {
        var (status, _, body) = await _host.Send(HttpMethod.Post, "/api/models/churn/labels", json);

        Assert.Equal((400, code, where), (status, (string?)body!["code"], (string?)body["faults"]?[0]!["where"]));
    }

    [Theory]
    [InlineData("/api/models/churn/runs", "key", 101)]
    [InlineData("/api/models/churn/runs", "actor", 101)]
    [InlineData("/api/models/churn/runs", "reason", 1001)]
    [InlineData("/api/models/churn/promote", "reason", 1001)]
    [InlineData("/api/models/churn/promote", "actor", 101)]
    [InlineData("/api/models/churn/rollback", "actor", 101)]
    public async Task Words_that_would_fill_a_record_are_refused(string path, string what, int length)
    {
        var version = path.EndsWith("promote", StringComparison.Ordinal) ? "\"version\": 1, " : "";
        var (status, _, body) = await _host.Send(HttpMethod.Post, path, $$"""{ {{version}}"{{what}}": "{{new string('x', length)}}" }""");

        Assert.Equal((400, "bad-text"), (status, (string?)body!["code"]));
        Assert.Contains($"'{what}' has {length} characters", (string?)body["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/models/churn/datasets?name=a%00.csv")]
    [InlineData("/api/models/churn/datasets?actor=%0A")]
    public async Task Names_of_files_and_people_have_no_control_characters(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("age,plan,city,churned\n", Encoding.UTF8, "text/csv") };

        var (status, _, body) = await _host.Send(request);

        Assert.Equal((400, "bad-text"), (status, (string?)body!["code"]));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_encoded_body_is_refused_and_never_decoded(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models/churn/datasets?name=a.csv") { Content = new StringContent("x", Encoding.UTF8, "text/csv") };
        request.Content.Headers.ContentEncoding.Add(encoding);

        var (status, _, body) = await _host.Send(request);

        Assert.Equal((415, "encoded-body"), (status, (string?)body!["code"]));
    }

    private async Task<string?> Code(HttpMethod method, string path, int expected)
    {
        var (status, _, body) = await _host.Send(method, path);
        Assert.Equal(expected, status);
        return (string?)body!["code"];
    }

    /// <summary>One host with one version for all of these: rubbish must not change it.</summary>
    public sealed class TrainedHost : IAsyncLifetime
    {
        public RunningHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Host = await RunningHost.Start();
            await Host.PutSpec(Some.Model, Some.Spec);
            await Host.Train(Some.Model, Some.Rows());
        }

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
