using System.Text.Json.Nodes;
using Perennial.Api.Tests.Support;
using Perennial.Cli;
using Perennial.Cli.Client;
using Perennial.Core.Monitoring;

namespace Perennial.Api.Tests;

/// <summary>A byte that has changed in the log of predictions or labels: everything else goes on, and the file is named.</summary>
public sealed class DamagedLogTests
{
    private const string Row = """{ "age": 69, "plan": "basic", "city": "Ulm" }""";

    [Fact]
    public async Task Predictions_are_answered_and_the_answer_and_the_health_name_the_damaged_file()
    {
        await using var host = await Served("predictions");

        var answer = await Predict(host);

        Assert.False((bool)answer["logged"]!);
        AssertNames("predictions!churn", (string?)answer["warning"]);
        var (_, _, health) = await host.Send(HttpMethod.Get, "/api/health");
        Assert.Equal("degraded", (string?)health!["status"]);
        AssertNames("predictions!churn", (string?)health["predictionLog"]!["reason"]);
    }

    [Fact]
    public async Task Labels_are_refused_and_the_problem_names_the_damaged_file()
    {
        await using var host = await Served("labels");

        var (status, _, body) = await Label(host, "a");

        Assert.Equal((500, "store-damaged"), (status, (string?)body!["code"]));
        AssertNames("labels!churn", (string?)body["detail"]);
    }

    [Fact]
    public async Task Who_asks_for_a_monitor_pass_that_cannot_be_made_is_told_why()
    {
        await using var host = await Served("predictions");

        var told = await Assert.ThrowsAsync<ApiProblemException>(() => new PassNow(host.Client, Some.Model).Run(default));

        Assert.Equal(ExitCodes.Damaged, told.ExitCode);
        AssertNames("predictions!churn", told.Message);
        var state = await host.Client.Get<MonitorState>("/api/models/churn/monitor");
        Assert.Equal((told.Problem.Code, host.Clock.GetUtcNow().AddHours(1)), (state.Failure!.Code, state.NextPassAt));
    }

    /// <summary>A host over a folder in whose log of that kind the first record has changed.</summary>
    private static async Task<RunningHost> Served(string kind)
    {
        var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());
        // More than one, one after the other: the last write of a log may be torn without being damage.
        for (var i = 0; i < 3; i++)
        {
            await Predict(host);
            Assert.Equal(200, (await Label(host, $"{i}")).Status);
        }
        await host.DisposeHost();
        var file = Path.Combine(host.Folder, "predictions", $"{kind}!churn", "00000001.seg");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[80] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        return await RunningHost.Over(host.Folder, host.Clock);
    }

    private static async Task<JsonNode> Predict(RunningHost host)
    {
        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", $$"""{ "rows": [ {{Row}} ] }""");
        Assert.Equal(200, status);
        return body!;
    }

    private static Task<(int Status, string Type, JsonNode? Body)> Label(RunningHost host, string id) =>
        host.Send(HttpMethod.Post, "/api/models/churn/labels", $$"""{ "labels": [ { "id": "{{id}}", "label": "true" } ] }""");

    private static void AssertNames(string stream, string? message)
    {
        Assert.Contains($"{stream}/00000001.seg' is damaged at byte ", message, StringComparison.Ordinal);
        Assert.Contains("perennial fsck", message, StringComparison.Ordinal);
    }
}
