using System.Globalization;
using System.Text;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Data;
using Perennial.Core.Training;

namespace Perennial.Core.Tests.Pipelines;

public class TrainingPipelineTests
{
    [Fact]
    public async Task A_file_becomes_a_champion()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        var dataset = await host.Upload(Some.Csv(400));
        var run = await host.Run();

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Equal(("run-birds-1", 1, dataset.Id), (run.Id, run.Version, run.Dataset));
        Assert.Equal(
            ["ingest", "validate", "profile", "split", "search", "fit", "evaluate", "gate", "package", "register"], run.Stages.Select(s => s.Name));
        Assert.All(run.Stages, s => Assert.Equal(StageStatus.Done, s.Status));
        Assert.Equal((3, 3), (run.Stages[4].Done, run.Stages[4].Total));
        Assert.Equal(1, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
        Assert.Contains("rocAuc", Encoding.UTF8.GetString(await host.Content.GetBytes(run.Report!.Value)), StringComparison.Ordinal);
        Assert.True((await host.Registry.VerifyAudit("birds")).Intact);

        var details = (await host.Runs.Details(run.Id))!;
        Assert.Equal([0, 1, 2], details.Trials.Select(t => t.Index));
        Assert.Equal("baseline", details.Trials[0].Trainer);
        Assert.True(details.Evaluation!.Metrics["rocAuc"] > 0.8);
        Assert.Equal(0.5, details.Evaluation.BaselineMetrics["rocAuc"]);
        Assert.All(details.Evaluation.Gates, g => Assert.True(g.Passed, g.Detail));
        Assert.Equal(["day", "speed", "species", "damaged"], details.Profiles.Select(p => p.Name));
    }

    [Fact]
    public async Task The_package_says_what_the_model_takes_and_where_it_comes_from()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        var dataset = await host.Upload(Some.Csv(300));
        await host.Run();
        var package = await host.Package(1);

        Assert.Equal(["false", "true"], package.Signature.Classes);
        Assert.Contains("damaged", package.Signature.Ignored);
        Assert.Equal(["goose", "gull", "owl"], package.Signature.Inputs.Single(i => i.Name == "species").Levels);
        Assert.Equal(package.Signature.Inputs.Select(i => i.Name), package.Baseline.Columns.Select(c => c.Name));
        Assert.Equal(package.Evaluation.Rows, package.Baseline.Prediction.Counts.Sum());
        var provenance = await package.ReadProvenance();
        Assert.Equal((dataset.Id, 1UL, (int?)null), (provenance.Dataset, provenance.Seed, provenance.ParentVersion));
        Assert.StartsWith("# birds", await package.ReadCard(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_graph_on_another_host()
    {
        async Task<ContentHash> Model(int seed)
        {
            await using var host = await PipelineHost.Start();
            await host.PutSpec(Spec($", \"seed\": {seed}", trials: 4));
            await host.Upload(Some.Csv(300));
            await host.Run();
            return (await host.Package(1)).Model;
        }

        Assert.Equal(await Model(7), await Model(7));
    }

    [Fact]
    public async Task A_planted_leak_is_found_named_with_its_evidence_and_left_out()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(WithColumn(Some.Csv(300), "repair", row => row.EndsWith("true", StringComparison.Ordinal) ? "costly" : "none"));
        var run = await host.Run();

        var details = (await host.Runs.Details(run.Id))!;
        var leak = Assert.Single(details.Findings, f => f.Kind == "leak");
        Assert.Equal("repair", leak.Column);
        Assert.StartsWith("'repair' alone reaches rocAuc 1 on held-out rows: when 'repair' is", leak.Message, StringComparison.Ordinal);
        Assert.Contains(details.Findings, f => f.Kind == "known-later" && f.Message.StartsWith("No value tells", StringComparison.Ordinal));
        Assert.Contains("repair", (await host.Package(1)).Signature.Ignored);
        Assert.True(details.Evaluation!.Metrics["rocAuc"] < 1);
    }

    [Fact]
    public async Task A_leak_ends_the_run_where_the_spec_says_so_and_an_allowed_one_does_not()
    {
        var csv = WithColumn(Some.Csv(300), "repair", row => row.EndsWith("true", StringComparison.Ordinal) ? "costly" : "none");
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(gates: """{ "onLeakage": "reject" }"""));
        await host.Upload(csv);
        var refused = await host.Run("one");
        await host.PutSpec(Spec(gates: """{ "onLeakage": "reject", "allowedLeaks": ["repair"] }"""));
        var allowed = await host.Run("two");

        Assert.Equal((RunStatus.Rejected, null), (refused.Status, refused.Version));
        Assert.Contains("'repair'", refused.Conclusion, StringComparison.Ordinal);
        Assert.Equal("profile", refused.Stages[^1].Name);
        Assert.Equal(RunStatus.Succeeded, allowed.Status);
    }

    [Fact]
    public async Task A_floor_that_is_not_reached_rejects_with_the_report_and_registers_nothing()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(gates: """{ "floor": { "rocAuc": 0.9999 } }"""));
        await host.Upload(Some.Csv(300));
        var run = await host.Run();

        Assert.Equal((RunStatus.Rejected, null), (run.Status, run.Version));
        Assert.Contains("The gate 'floor' said no: rocAuc is", run.Conclusion, StringComparison.Ordinal);
        Assert.NotNull(run.Report);
        Assert.Empty(await host.Registry.ListVersions("birds"));
        Assert.Equal("run-rejected", (await host.Registry.Audit("birds"))[^1].Kind);
    }

    [Fact]
    public async Task A_label_that_nothing_explains_does_not_beat_the_baseline_by_luck_of_the_gate()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(", \"metric\": \"logLoss\""));
        await host.Upload(Some.Csv(300, i => new Learning.Randomness.Xoshiro256((ulong)i).NextDouble() < 0.5));
        var run = await host.Run();
        var gate = (await host.Runs.Details(run.Id))!.Evaluation!.Gates.Single(g => g.Gate == "better-than-baseline");

        Assert.False(gate.Passed);
        Assert.Equal(RunStatus.Rejected, run.Status);
    }

    [Fact]
    public async Task The_same_data_again_hits_the_cache_and_does_not_replace_an_equal_champion()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        await host.Run("one");
        var again = await host.Run("two");

        Assert.Equal((2, RunStatus.Rejected, 1), (again.Sequence, again.Status, again.Champion));
        Assert.Contains("better-than-champion", again.Conclusion, StringComparison.Ordinal);
        Assert.Equal(["profile", "split", "fit"], again.Stages.Where(s => s.Cached).Select(s => s.Name));
        Assert.Equal(0, (await host.Runs.Details(again.Id))!.Evaluation!.Champion!.Difference);
    }

    [Fact]
    public async Task A_better_version_challenges_by_shadow_and_takes_over_at_once_where_the_spec_says_so()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        await host.Run("one");
        // The world turns round: what did damage does none. Only a short history is not misled.
        await host.PutSpec(Spec(trials: 6));
        await host.Upload(Some.Csv(600, i => i < 300 ? Some.Damaged(i) : !Some.Damaged(i)));
        var shadow = await host.Run("two");
        Assert.True(shadow.Status == RunStatus.Succeeded, shadow.Conclusion);
        var details = (await host.Runs.Details(shadow.Id))!;
        Assert.True(details.Trials[details.Winner!.Value].Parameters[TrialPlan.History] < 1);
        Assert.Equal(("birds", 2), (Assert.Single(host.Rollouts).Model, shadow.Version));
        Assert.Equal(1, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);

        await host.PutSpec(Spec(trials: 6, rollout: """{ "strategy": "immediate" }"""));
        var immediate = await host.Run("three");
        Assert.True(immediate.Status == RunStatus.Succeeded, immediate.Conclusion);
        Assert.Equal(3, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
    }

    [Fact]
    public async Task A_retraining_reads_the_newest_upload_and_all_labelled_traffic()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        await host.Run("one");
        var lines = new StringBuilder();
        for (var i = 300; i < 400; i++)
            lines.Append(CultureInfo.InvariantCulture, $"{{\"day\":\"{Some.Day(i)}\",\"speed\":{Some.Speed(i)},\"species\":\"{Some.Species[i % 3]}\",\"damaged\":{(Some.Damaged(i) ? "true" : "false")}}}\n");
        host.Traffic = new TrafficExport(Encoding.UTF8.GetBytes(lines.ToString()), 100, null);
        var run = await host.Run("two");
        var dataset = (await host.Datasets.Find("birds", run.Dataset!.Value))!;

        Assert.Equal((400, Core.Data.DatasetOrigin.Traffic), (dataset.Rows, dataset.Origin));
        Assert.Equal("280 train, 60 validation, 60 test rows, by time", (await host.Runs.Details(run.Id))!.Split);
    }

    [Fact]
    public async Task A_failed_stage_says_where_and_why_and_retry_goes_on_from_it()
    {
        var trainer = new CountingTrainer();
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(", \"candidates\": [\"linear\"]"));
        await host.Upload(Some.Csv(300));
        trainer.FailRefit = true;
        var failed = await host.Run();

        Assert.Equal((RunStatus.Failed, "fit"), (failed.Status, failed.Stages.Single(s => s.Status == StageStatus.Failed).Name));
        Assert.Equal("The stage 'fit' failed: The refit is broken. Correct the cause; retry then goes on from there.", failed.Conclusion);
        Assert.Contains(host.Notifier.Notices, n => n.Kind == "run-failed");
        var trials = trainer.Trained;

        trainer.FailRefit = false;
        Assert.True((await host.Runs.Retry(failed.Id, "ann")).Succeeded);
        var retried = await host.Settled();
        Assert.True(retried.Status == RunStatus.Succeeded, retried.Conclusion);
        Assert.Equal((failed.Id, 2), (retried.Id, retried.Attempt));
        Assert.Equal(trials + 1, trainer.Trained);
        Assert.Equal("run-not-failed", (await host.Runs.Retry(failed.Id, "ann")).Problem!.Code);
    }

    [Fact]
    public async Task Broken_expectations_fail_the_run_and_name_the_rows()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "data": { "time": "day", "expectations": [{ "column": "speed", "max": 40 }] } }""");
        await host.Upload(Some.Csv(300));
        var run = await host.Run();

        Assert.Equal(("expectations-broken", "validate"), (run.Failure!.Code, run.Stages[^1].Name));
        Assert.Contains("values are above 40: row", run.Conclusion, StringComparison.Ordinal);
        Assert.False(run.Failure.Retryable);
    }

    [Fact]
    public async Task Lost_and_unacknowledged_writes_still_end_in_one_version()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec());
        await host.Upload(Some.Csv(300));
        host.Tables.FailEvery = 7;
        await host.Ask();
        for (var i = 0; i < 40; i++)
        {
            await host.Settled();
            host.Clock.Advance(TimeSpan.FromSeconds(31));
        }
        var run = await host.Settled();

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Single(await host.Registry.ListVersions("birds"));
        Assert.Single(await host.Runs.List("birds"));
        Assert.True((await host.Registry.VerifyAudit("birds")).Intact);
    }

    [Theory]
    [InlineData(true, RunStatus.Succeeded, VersionState.Champion)]
    [InlineData(false, RunStatus.Rejected, VersionState.Rejected)]
    public async Task A_person_decides(bool approved, RunStatus status, VersionState state)
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(approval: """{ "required": true, "deadline": "2d" }"""));
        await host.Upload(Some.Csv(300));
        var waiting = await host.Run();
        Assert.Equal(RunStatus.AwaitingApproval, waiting.Status);
        Assert.Null(await host.Registry.FindAlias("birds", ModelRegistry.Champion));
        Assert.Contains(host.Notifier.Notices, n => n.Kind == "approval-wanted");

        Assert.True((await host.Runs.Decide(waiting.Id, approved, "ann", "looked at the report")).Succeeded);
        var run = await host.Settled();

        Assert.Equal((status, state), (run.Status, (await host.Registry.FindVersion("birds", 1))!.State));
        Assert.Equal("approval", run.Stages[^1].Name);
        Assert.Equal("run-not-waiting", (await host.Runs.Decide(waiting.Id, true, "ann", null)).Problem!.Code);
    }

    [Fact]
    public async Task No_answer_until_the_deadline_is_a_no()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(approval: """{ "required": true, "deadline": "2d" }"""));
        await host.Upload(Some.Csv(300));
        await host.Run();
        host.Clock.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
        Assert.Equal(RunStatus.AwaitingApproval, (await host.Settled()).Status);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("Refused by deadline: Nobody answered in time.", (await host.Settled()).Conclusion);
    }

    [Fact]
    public async Task Triggers_that_pile_up_are_one_run_and_a_repeated_key_is_none()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(approval: """{ "required": true }"""));
        await host.Upload(Some.Csv(300));
        var first = await host.Run("one");
        await host.Ask("two");
        await host.Ask("three");
        await host.Ask("two");
        await host.Ask("one");
        Assert.Equal(["two", "three"], (await host.Runs.Status("birds")).Pending.Select(t => t.Key));
        Assert.Equal(first.Id, (await host.Runs.Status("birds")).Active!.Id);

        await host.Runs.Decide(first.Id, true, "ann", null);
        var second = await host.Settled();
        Assert.Equal(2, second.Sequence);
        Assert.Equal(["two", "three"], second.Triggers.Select(t => t.Key));
        Assert.Empty((await host.Runs.Status("birds")).Pending);
    }

    [Fact]
    public async Task A_request_that_cannot_be_met_is_a_problem()
    {
        await using var host = await PipelineHost.Start();
        async Task<Problem> Refused(ContentHash? dataset) =>
            (await host.Runs.Request("birds", new RunTrigger(RunTriggerKind.Request, "why not", "ann", host.Clock.GetUtcNow(), dataset, "k"))).Problem!;

        Assert.Equal("model-unknown", (await Refused(null)).Code);
        await host.PutSpec(Spec());
        Assert.Equal("no-dataset", (await Refused(null)).Code);
        Assert.Equal("dataset-unknown", (await Refused(ContentHash.Of("x"u8))).Code);
        Assert.Null(await host.Runs.Get("run-birds-1"));
        Assert.Null(await host.Runs.Get("run-birds/../x-1"));
    }

    private static string Spec(string train = "", string gates = "{}", string approval = "{}", string rollout = "{}", int trials = 2) =>
        $$"""{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "train": { "trials": {{trials}}{{train}} }, "gates": {{gates}}, "approval": {{approval}}, "rollout": {{rollout}} }""";

    private static string WithColumn(string csv, string name, Func<string, string> value)
    {
        var lines = csv.TrimEnd('\n').Split('\n');
        return string.Join('\n', lines.Select((line, i) => $"{(i == 0 ? name : value(line))},{line}")) + "\n";
    }
}
