using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Api.Tests.Support;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Api.Tests;

/// <summary>From a CSV to a served model and back, through the real host.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task A_csv_becomes_a_champion_that_answers()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);

        var run = await host.Train(Some.Model, Some.Rows());

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion ?? run.Failure?.Message);
        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """
            { "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" }, { "age": null, "plan": "gold", "city": "Bonn" } ], "ids": ["a", "b"] }
            """);
        Assert.Equal(200, status);
        var (first, second) = (body!["predictions"]![0]!, body["predictions"]![1]!);
        RunningHost.AssertJson($$"""
            {
              "model": "churn", "version": 1,
              "predictions": [
                { "id": "a", "label": "true", "score": {{first["score"]}} },
                { "id": "b", "label": "{{second["label"]}}", "score": {{second["score"]}}, "unseen": ["plan"] }
              ],
              "logged": true
            }
            """, body);
        Assert.True((double)first["score"]! > 0.5);
    }

    [Fact]
    public async Task An_explained_answer_names_columns_with_what_they_added()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());
        const string Body = """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ], "ids": ["a"], "explain": 1 }""";

        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", Body);
        var (_, _, named) = await host.Send(HttpMethod.Post, "/api/models/churn/versions/1/predict", Body);

        Assert.Equal(200, status);
        var prediction = body!["predictions"]![0]!;
        var told = prediction["explanation"]!;
        RunningHost.AssertJson($$"""
            {
              "model": "churn", "version": 1,
              "predictions": [
                {
                  "id": "a", "label": "true", "score": {{prediction["score"]}},
                  "explanation": {
                    "scale": "logOdds", "class": "true", "base": {{told["base"]}},
                    "contributions": [ { "column": "age", "value": 69, "contribution": {{told["contributions"]![0]!["contribution"]}} } ],
                    "others": {{told["others"]}}, "margin": {{told["margin"]}}
                  }
                }
              ],
              "logged": true
            }
            """, body);
        Assert.Equal(told.ToJsonString(), named!["predictions"]![0]!["explanation"]!.ToJsonString());
        Assert.Equal((double)told["margin"]!, (double)told["base"]! + (double)told["contributions"]![0]!["contribution"]! + (double)told["others"]!, 1e-9);
    }

    [Fact]
    public async Task The_same_data_spec_and_seed_give_the_same_model_bytes_on_another_host()
    {
        var hashes = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var host = await RunningHost.Start();
            await host.PutSpec(Some.Model, Some.Spec);
            await host.Train(Some.Model, Some.Rows());
            hashes.Add(await ModelHash(host, 1));
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Rows_that_do_not_fit_the_signature_are_named_by_row_and_column_and_nothing_is_predicted()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());

        var (status, type, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """
            { "rows": [
              { "age": 40, "plan": "pro", "city": "Ulm" },
              { "plan": "pro", "city": "Ulm" },
              { "age": "forty", "plan": "pro", "city": "Ulm" },
              { "age": 40, "plan": null, "city": "Ulm" },
              { "age": 40, "plan": 7, "city": "Ulm", "shoe": 43 } ] }
            """);

        Assert.Equal((400, "application/problem+json"), (status, type));
        var where = body!["faults"]!.AsArray().Select(f => (string)f!["where"]!).ToArray();
        // An unknown column is a fault of the row's shape and is told first, alone.
        Assert.Equal(["rows[4].shoe"], where);
        var (_, _, again) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """
            { "rows": [
              { "age": 40, "plan": "pro", "city": "Ulm" },
              { "plan": "pro", "city": "Ulm" },
              { "age": "forty", "plan": "pro", "city": "Ulm" },
              { "age": 40, "plan": null, "city": "Ulm" },
              { "age": 40, "plan": 7, "city": "Ulm" } ] }
            """);
        Assert.Equal(["rows[1].age", "rows[2].age", "rows[3].plan", "rows[4].plan"], again!["faults"]!.AsArray().Select(f => (string)f!["where"]!).Order());
    }

    [Theory]
    [InlineData("""{ "rows": [] }""", 400, "no-rows")]
    [InlineData("""{ "rows": null }""", 400, "no-rows")]
    [InlineData("""{ }""", 400, "no-rows")]
    [InlineData("""[1]""", 400, "bad-json")]
    [InlineData("""{ "rows": [ {} ], "extra": 1 }""", 400, "bad-json")]
    [InlineData("""{ "rows": [ { "age": 1, }""", 400, "bad-json")]
    [InlineData("""{ "rows": [ 1 ] }""", 400, "rows-do-not-fit")]
    [InlineData("""{ "rows": [ {}, {} ], "ids": ["a"] }""", 400, "ids-do-not-fit")]
    [InlineData("""{ "rows": [ {}, {} ], "ids": ["a", "a"] }""", 400, "bad-ids")]
    [InlineData("""{ "rows": [ {"age": 1e999, "plan": "pro", "city": "Ulm"} ] }""", 400, "rows-do-not-fit")]
    public async Task A_bad_predict_body_is_a_400_and_never_a_500(string body, int status, string code)
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());

        var answer = await host.Send(HttpMethod.Post, "/api/models/churn/predict", body);

        Assert.Equal((status, code), (answer.Status, (string?)answer.Body!["code"]));
    }

    [Fact]
    public async Task Before_the_first_champion_predict_says_what_to_do()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);

        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [ {} ] }""");

        Assert.Equal((409, "no-champion"), (status, (string?)body!["code"]));
    }

    [Fact]
    public async Task A_run_leaves_a_report_without_references_to_the_network()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        var run = await host.Train(Some.Model, Some.Rows());

        using var response = await host.Http.GetAsync($"/api/runs/{run.Id}/report.html");

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("<!doctype html>", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledged_predictions_labels_and_the_champion_outlive_the_host()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());
        await host.Send(HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [ { "age": 50, "plan": "pro", "city": "Ulm" } ], "ids": ["a"] }""");

        await host.Restart();

        var (_, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/labels", """{ "labels": [ { "id": "a", "label": true }, { "id": "z", "label": "false" } ] }""");
        RunningHost.AssertJson("""{ "accepted": 2, "unknown": 1 }""", body);
        Assert.Equal(200, (await host.Send(HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [ { "age": 50, "plan": "pro", "city": "Ulm" } ] }""")).Status);
    }

    [Fact]
    public async Task A_file_in_the_inbox_starts_a_run()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        var inbox = Directory.CreateDirectory(Path.Combine(host.Folder, "inbox", Some.Model)).FullName;
        await File.WriteAllTextAsync(Path.Combine(inbox, "rows.csv"), Some.Rows());

        IReadOnlyList<RunRecord> runs;
        do runs = await host.Client.Get<IReadOnlyList<RunRecord>>("/api/models/churn/runs");
        while (runs.Count == 0);
        await foreach (var state in host.Client.Follow(runs[0].Id)) runs = [state.Run];

        Assert.Equal((RunStatus.Succeeded, RunTriggerKind.Inbox), (runs[0].Status, runs[0].Triggers[0].Kind));
    }

    [Fact]
    public async Task A_person_can_promote_and_roll_back_and_the_audit_trail_tells()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec.Replace("\"train\"", "\"gates\": { \"betterThanChampion\": false }, \"rollout\": { \"strategy\": \"immediate\" }, \"train\"", StringComparison.Ordinal));
        await host.Train(Some.Model, Some.Rows());
        await host.Train(Some.Model, Some.Rows(500));

        var rolledBack = await host.Send(HttpMethod.Post, "/api/models/churn/rollback", """{ "reason": "it felt wrong", "actor": "ada" }""");
        var promoted = await host.Send(HttpMethod.Post, "/api/models/churn/promote", """{ "version": 2, "reason": "it was right", "actor": "ada" }""");
        var again = await host.Send(HttpMethod.Post, "/api/models/churn/promote", """{ "version": 9 }""");

        Assert.Equal((200, 1, 200, 2, 404), (rolledBack.Status, (int)rolledBack.Body!["version"]!, promoted.Status, (int)promoted.Body!["version"]!, again.Status));
        var audit = (await host.Send(HttpMethod.Get, "/api/models/churn/audit")).Body!.AsArray();
        Assert.Equal(Enumerable.Range(1, audit.Count), audit.Select(e => (int)e!["sequence"]!));
        Assert.Contains(audit, e => (string?)e!["kind"] == "rolled-back" && (string?)e["actor"] == "ada" && ((string?)e["reason"])!.Contains("it felt wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_monitor_pass_on_demand_says_why_it_does_nothing()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());

        await host.Send(HttpMethod.Post, "/api/models/churn/monitor");

        JsonArray passes;
        do passes = (await host.Send(HttpMethod.Get, "/api/models/churn/monitor/reports")).Body!.AsArray();
        while (passes.Count == 0);
        Assert.Equal("Nothing to do: 0 rows in the window are too few to judge.", (string?)passes[0]!["retraining"]);
        var status = await host.Client.Get<ModelStatus>("/api/models/churn");
        Assert.Equal(1, status.Champion!.Version);
    }

    private static async Task<string> ModelHash(RunningHost host, int version) =>
        ContentHash.Of(await host.Client.GetBytes($"/api/models/churn/versions/{version}/files/model.onnx")).ToString();
}
