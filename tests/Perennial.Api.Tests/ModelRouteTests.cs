using Perennial.Api.Tests.Support;

namespace Perennial.Api.Tests;

public sealed class ModelRouteTests
{
    [Fact]
    public async Task A_new_model_stands_at_the_beginning_of_everything()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);

        var (status, _, body) = await host.Send(HttpMethod.Get, "/api/models/churn");

        Assert.Equal(200, status);
        var spec = (string)body!["model"]!["spec"]!;
        RunningHost.AssertJson($$"""
            {
              "model": { "name": "churn", "spec": "{{spec}}", "specRevision": 1, "createdAt": "2020-01-01T00:00:00+00:00", "updatedAt": "2020-01-01T00:00:00+00:00" },
              "pendingTriggers": [], "openAlerts": [], "nextPassAt": "2020-01-02T00:00:00+00:00"
            }
            """, body);
    }

    [Fact]
    public async Task A_typo_in_a_spec_is_named_with_line_and_column_and_the_nearest_key()
    {
        await using var host = await RunningHost.Start();

        var (status, _, body) = await host.Send(HttpMethod.Put, "/api/models/churn", "{\n  \"model\": \"churn\",\n  \"labl\": \"churned\"\n}");

        Assert.Equal(400, status);
        var faults = body!["faults"]!.AsArray().Select(f => $"{f!["where"]} {f["message"]}").ToArray();
        Assert.Contains(faults, f => f.Contains("perennial.json:3:", StringComparison.Ordinal) && f.Contains("labl", StringComparison.Ordinal) && f.Contains("'label'", StringComparison.Ordinal));
        Assert.Equal(404, (await host.Send(HttpMethod.Get, "/api/models/churn")).Status);
    }

    [Fact]
    public async Task What_only_another_host_has_is_refused_when_a_spec_asks_for_it()
    {
        await using var host = await RunningHost.Start();

        var (status, _, body) = await host.Send(HttpMethod.Put, "/api/models/churn", """
            { "model": "churn", "label": "churned",
              "train": { "candidates": ["mlnet-lightgbm"] }, "serving": { "runtime": "onnxRuntime" } }
            """);

        Assert.Equal(400, status);
        var faults = body!["faults"]!.AsArray().Select(f => $"{f!["where"]} {f["message"]}").ToArray();
        Assert.StartsWith("perennial.json:2:29 ($.train.candidates[0]) this host does not have 'mlnet-lightgbm'", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("perennial.json:2:74 ($.serving.runtime) this host does not have ONNX Runtime", faults[1], StringComparison.Ordinal);
        Assert.Equal(404, (await host.Send(HttpMethod.Get, "/api/models/churn")).Status);
    }

    [Fact]
    public async Task A_spec_under_another_models_address_is_refused()
    {
        await using var host = await RunningHost.Start();

        var (status, _, body) = await host.Send(HttpMethod.Put, "/api/models/other", Some.Spec);

        Assert.Equal(400, status);
        RunningHost.AssertJson("""
            {
              "type": "urn:perennial:problem:model-name-differs", "title": "The request is not valid", "status": 400, "code": "model-name-differs",
              "detail": "The spec names the model 'churn', the address 'other'. Make them equal."
            }
            """, body);
    }

    [Fact]
    public async Task A_spec_over_its_bound_is_refused_before_it_is_read()
    {
        await using var host = await RunningHost.Start();

        var (status, _, body) = await host.Send(HttpMethod.Put, "/api/models/churn", new string(' ', 300 * 1024));

        Assert.Equal((413, "body-too-large"), (status, (string?)body!["code"]));
    }

    [Theory]
    [InlineData("GET", "/api/models/ghost", "model-unknown")]
    [InlineData("GET", "/api/runs/run-ghost-1", "run-unknown")]
    [InlineData("GET", "/api/models/ghost/versions/1", "model-unknown")]
    [InlineData("POST", "/api/models/ghost/monitor", "model-unknown")]
    [InlineData("GET", "/api/models/ghost/monitor/reports/ghost-1", "model-unknown")]
    [InlineData("GET", "/api/models/ghost/rollouts/1", "model-unknown")]
    [InlineData("GET", "/api/models/ghost/runs", "model-unknown")]
    [InlineData("GET", "/api/models/ghost/versions", "model-unknown")]
    public async Task What_is_not_there_is_a_404_with_a_code(string method, string path, string code)
    {
        await using var host = await RunningHost.Start();

        var (status, type, body) = await host.Send(new HttpMethod(method), path);

        Assert.Equal((404, "application/problem+json", code), (status, type, (string?)body!["code"]));
    }
}
