using System.Globalization;
using System.Text;
using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Stages;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Data;
using Perennial.Core.Tests.Registry;

namespace Perennial.Core.Tests.Pipelines;

public sealed class PipelineEdgeTests
{
    [Fact]
    public async Task A_report_that_cannot_be_drawn_does_not_keep_a_run_from_ending()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        host.ReportFails = true;
        await host.Ask();
        for (var minute = 0; minute < 5; minute++)
        {
            await host.Settled();
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        var run = await host.Settled();
        Assert.Equal((RunStatus.Succeeded, null), (run.Status, run.Report));
        Assert.Equal(1, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);

        host.ReportFails = false;
        Assert.NotNull((await host.Run("two")).Report);
    }

    [Theory]
    [InlineData("", new[] { "speed" })]
    [InlineData(""", "data": { "types": { "speed": "categorical" } }""", new string[0])]
    public async Task Numbers_as_strings_are_a_finding_until_a_person_has_said_that_they_are_codes(string data, string[] found)
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec($$"""{ "model": "birds", "label": "damaged", "train": { "trials": 1 }{{data}} }""");
        var lines = string.Concat(Enumerable.Range(0, 300).Select(i => $"{{\"speed\":\"{Some.Speed(i)}.5\",\"species\":\"{Some.Species[i % 3]}\",\"damaged\":{(Some.Damaged(i) ? "true" : "false")}}}\n"));
        var spec = (await host.Services.Specs.Find("birds")).Value;
        Assert.True((await host.Datasets.Add("birds", spec, new MemoryStream(Encoding.UTF8.GetBytes(lines)), "birds.jsonl", DatasetOrigin.Upload)).Succeeded);

        var details = (await host.Runs.Details((await host.Run("one")).Id))!;

        Assert.Equal(found, details.Findings.Where(f => f.Kind == "numbers-as-text").Select(f => f.Column));
        Assert.All(details.Findings.Where(f => f.Kind == "numbers-as-text"), f => Assert.Contains("write them as numbers, without quotation marks", f.Message, StringComparison.Ordinal));
    }

    // A kill between the end's write and the note that the step is done let the step move the run's end and crown its version again.
    [Fact]
    public async Task A_step_that_ends_a_run_and_is_repeated_after_a_crash_neither_moves_the_end_nor_overrules_a_person()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "train": { "trials": 1 }, "gates": { "betterThanChampion": false }, "rollout": { "strategy": "immediate" } }""");
        await host.Upload(Some.Csv(300));
        await host.Run("one");
        var ended = await host.Run("two");
        Assert.Equal((RunStatus.Succeeded, 2), (ended.Status, ended.Version));
        Assert.True((await host.Registry.Promote("birds", 1, "ann", "The old one was better.")).Succeeded);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        var state = new RunState(new RunKey("birds", 2), Spec: (await host.Registry.FindModel("birds"))!.Spec, Version: 2, Rejection: "no");
        var context = new ActivityContext(ended.Id, 1);
        await new ReleaseActivity(host.Services).Run(state, context, CancellationToken.None);
        await new RejectActivity(host.Services).Run(state, context, CancellationToken.None);

        var now = (await host.Runs.Get(ended.Id))!;
        Assert.Equal((ended.Status, ended.EndedAt, ended.Report, ended.Conclusion), (now.Status, now.EndedAt, now.Report, now.Conclusion));
        Assert.Equal(1, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
        Assert.DoesNotContain(await host.Registry.Audit("birds"), e => e.Kind == "run-rejected");
    }

    [Fact]
    public async Task A_feature_that_no_labelled_traffic_has_is_left_out_of_the_retraining()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        await host.Run("one");
        host.Traffic = Traffic(100, i => $"\"species\":\"{Some.Species[i % 3]}\"");
        var run = await host.Run("two");
        var details = (await host.Runs.Details(run.Id))!;

        var finding = Assert.Single(details.Findings, f => f.Kind == "not-in-traffic");
        Assert.Equal("speed", finding.Column);
        Assert.Contains("any of 100 rows", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(details.Evaluation!.Importance, i => i.Column == "speed");
    }

    [Fact]
    public async Task A_class_that_one_row_of_traffic_has_does_not_stop_the_retraining()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(label: "species"));
        await host.Upload(Some.Csv(300));
        var first = await host.Run("one");
        Assert.True(first.Status == RunStatus.Rejected || first.Status == RunStatus.Succeeded, first.Conclusion);
        host.Traffic = Traffic(100, i => $"\"speed\":{Some.Speed(i)},\"species\":\"{(i == 390 ? "gul" : Some.Species[i % 3])}\"");
        var run = await host.Run("two");

        Assert.True(run.Status != RunStatus.Failed, run.Conclusion);
        Assert.StartsWith("No row that trains has the class 'gul'", Assert.Single((await host.Runs.Details(run.Id))!.Findings, f => f.Kind == "class-left-out").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spec_that_asks_another_question_is_answered_by_the_new_version_at_once()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(WithFast(300));
        await host.Run("one");
        await host.PutSpec(Spec(label: "fast"));
        var run = await host.Run("two");

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Contains("Version 1 answers what 'damaged' is; the spec now asks for 'fast'.", run.Conclusion, StringComparison.Ordinal);
        Assert.Equal(2, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
        Assert.Empty(host.Rollouts);
    }

    [Fact]
    public async Task A_champion_that_reads_a_column_that_is_gone_gives_way_at_once()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(WithFast(300));
        await host.Run("one");
        await host.Upload(Some.Csv(320));
        var run = await host.Run("two");

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Contains("reads the column 'fast', which these rows do not have", run.Conclusion, StringComparison.Ordinal);
        Assert.Equal(2, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
    }

    [Fact]
    public async Task A_type_that_the_spec_declares_after_the_upload_is_told_to_have_no_effect()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        await host.PutSpec(Spec(data: ", \"types\": { \"speed\": \"categorical\" }"));
        var run = await host.Run();

        Assert.Equal("speed", Assert.Single((await host.Runs.Details(run.Id))!.Findings, f => f.Kind == "type-kept").Column);
    }

    [Fact]
    public async Task Hundreds_of_leaks_reject_in_words_that_a_history_can_keep()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(gates: """{ "onLeakage": "reject" }"""));
        var leaks = string.Join(',', Enumerable.Range(0, 120).Select(i => $"a column with a very long name of its own, as exports have it {i}".Replace(',', ' ')));
        var lines = Some.Csv(200).TrimEnd('\n').Split('\n');
        await host.Upload(string.Join('\n', lines.Select((line, i) => i == 0 ? $"{leaks},{line}" : $"{string.Join(',', Enumerable.Repeat(line.EndsWith("true", StringComparison.Ordinal) ? "costly" : "none", 120))},{line}")) + "\n");
        var run = await host.Run();

        Assert.True(run.Status == RunStatus.Rejected, run.Conclusion);
        Assert.StartsWith("The gate 'leakage' said no", run.Conclusion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_too_long_to_remember_is_refused()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        var trigger = new RunTrigger(RunTriggerKind.Request, "why not", new string('a', 70_000), host.Clock.GetUtcNow(), null, new string('k', 70_000));

        Assert.Equal((ProblemKind.Invalid, "bad-key"), ((await host.Runs.Request("birds", trigger)).Problem!.Kind, (await host.Runs.Request("birds", trigger)).Problem!.Code));
        Assert.True((await host.Runs.Request("birds", trigger with { Key = "k" })).Succeeded);
        await host.Settled();
    }

    [Fact]
    public async Task A_run_that_somebody_ends_is_noted_as_failed_and_the_next_can_begin()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "approval": { "required": true } }""");
        await host.Upload(Some.Csv(300));
        var waiting = await host.Run("one");

        Assert.True(await host.Client.Terminate(waiting.InstanceId, "not needed"));

        var ended = await host.Settled();
        Assert.Equal((RunStatus.Failed, "terminated"), (ended.Status, ended.Failure?.Code));
        Assert.Equal(RunStatus.AwaitingApproval, (await host.Run("two")).Status);
    }

    [Fact]
    public async Task Tables_that_are_away_for_minutes_delay_a_run_and_lose_none()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged" }""");
        await host.Upload(Some.Csv(300));
        // The request itself is written; five attempts to take it are not.
        host.Tables.Next(WriteFault.None, WriteFault.Lost, WriteFault.Lost, WriteFault.Lost, WriteFault.Lost, WriteFault.Lost);
        await host.Ask();
        for (var i = 0; i < 4; i++)
        {
            await host.Idle();
            host.Clock.Advance(TimeSpan.FromSeconds(31));
        }
        await host.Idle();
        Assert.Empty(await host.Runs.List("birds", 1));
        host.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RunStatus.Succeeded, (await host.Settled()).Status);
    }

    private static TrafficExport Traffic(int rows, Func<int, string> columns)
    {
        var lines = new StringBuilder();
        for (var i = 300; i < 300 + rows; i++)
            lines.Append(CultureInfo.InvariantCulture, $"{{\"day\":\"{Some.Day(i)}\",{columns(i)},\"damaged\":{(Some.Damaged(i) ? "true" : "false")}}}\n");
        return new TrafficExport(Encoding.UTF8.GetBytes(lines.ToString()), rows, null);
    }

    private static string WithFast(int rows)
    {
        var lines = Some.Csv(rows).TrimEnd('\n').Split('\n');
        return string.Join('\n', lines.Select((line, i) => i == 0 ? $"{line},fast" : $"{line},{((i - 1) * 17 % 23) + Some.Speed(i - 1) > 35}")) + "\n";
    }

    private static string Spec(string label = "damaged", string gates = "{}", string data = "") =>
        $$"""{ "model": "birds", "label": "{{label}}", "data": { "time": "day"{{data}} }, "train": { "trials": 2 }, "gates": {{gates}} }""";
}
