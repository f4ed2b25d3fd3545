using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Tests.Monitoring;

public sealed class RetrainPolicyTests
{
    private static readonly DateTimeOffset Now = new(1996, 2, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly Alert Drift = new("m-drift-1", "m", AlertKind.Drift, 1, "speed drifted.", Now, "m-1");
    private static readonly Alert Performance = new("m-performance-2", "m", AlertKind.Performance, 1, "rocAuc fell.", Now, "m-1");

    [Fact]
    public void Without_a_reason_doing_nothing_is_right_and_the_figures_say_so()
    {
        var decision = Decide(new RetrainSpec());

        Assert.Null(decision.Trigger);
        Assert.Equal("Nothing to do: none of 0 features drifted, and 40 labelled rows are too few to measure performance.", decision.Sentence);
    }

    [Theory]
    [InlineData(true, RunTriggerKind.Drift)]
    [InlineData(false, null)]
    public void Drift_asks_for_a_run_where_the_spec_says_so(bool onDrift, RunTriggerKind? kind) =>
        Assert.Equal(kind, Decide(new RetrainSpec { OnDrift = onDrift }, open: [Drift]).Trigger?.Kind);

    [Theory]
    [InlineData(true, RunTriggerKind.Performance)]
    [InlineData(false, RunTriggerKind.Drift)]
    public void Performance_weighs_more_than_drift(bool onPerformance, RunTriggerKind kind) =>
        Assert.Equal(kind, Decide(new RetrainSpec { OnPerformance = onPerformance }, open: [Drift, Performance]).Trigger?.Kind);

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, RunTriggerKind.Labels)]
    public void Enough_new_labels_ask_for_a_run(int labels, RunTriggerKind? kind) =>
        Assert.Equal(kind, Decide(new RetrainSpec { AfterLabels = 100 }, labels: labels).Trigger?.Kind);

    [Theory]
    [InlineData(29, null)]
    [InlineData(30, RunTriggerKind.Schedule)]
    public void The_schedule_asks_for_a_run(int days, RunTriggerKind? kind) =>
        Assert.Equal(kind, Decide(new RetrainSpec { Every = TimeSpan.FromDays(30) }, sinceRun: days).Trigger?.Kind);

    [Fact]
    public void Within_the_cool_down_nothing_starts_and_its_end_is_told()
    {
        var spec = new RetrainSpec { CoolDown = TimeSpan.FromDays(20) };

        var decision = Decide(spec, open: [Drift], sinceRun: 10);

        Assert.Null(decision.Trigger);
        Assert.Equal("No retraining: speed drifted. But the cool-down ends on 1996-03-01.", decision.Sentence);
        Assert.NotNull(Decide(spec, open: [Drift], sinceRun: 20).Trigger);
    }

    [Fact]
    public void While_a_run_is_on_its_way_nothing_starts() =>
        Assert.StartsWith("No retraining: speed drifted. But a run is in progress", Decide(new RetrainSpec(), open: [Drift], busy: true).Sentence, StringComparison.Ordinal);

    [Fact]
    public void The_same_wish_has_the_same_key_until_a_newer_run_has_started()
    {
        var spec = new RetrainSpec();

        Assert.Equal(Decide(spec, open: [Drift]).Trigger!.Key, Decide(spec, open: [Drift], labels: 9).Trigger!.Key);
        Assert.NotEqual(Decide(spec, open: [Drift]).Trigger!.Key, Decide(spec, open: [Drift], sequence: 4).Trigger!.Key);
        Assert.NotEqual(Decide(spec, open: [Drift]).Trigger!.Key, Decide(spec, open: [Performance]).Trigger!.Key);
    }

    [Fact]
    public void The_sentence_of_a_retraining_begins_so() =>
        Assert.Equal("Retraining: speed drifted.", Decide(new RetrainSpec(), open: [Drift]).Sentence);

    [Fact]
    public void An_undecided_challenger_is_superseded_only_where_the_champion_fails()
    {
        var spec = new RetrainSpec { AfterLabels = 100, Every = TimeSpan.FromDays(30) };

        Assert.StartsWith("No retraining: speed drifted. But version 7 is in its rollout", Decide(spec, open: [Drift], challenger: 7).Sentence, StringComparison.Ordinal);
        Assert.Null(Decide(spec, labels: 100, challenger: 7).Trigger);
        Assert.Null(Decide(spec, challenger: 7).Trigger);
        Assert.Equal(RunTriggerKind.Performance, Decide(spec, open: [Drift, Performance], challenger: 7).Trigger!.Kind);
    }

    private static RetrainDecision Decide(RetrainSpec spec, IReadOnlyList<Alert>? open = null, int labels = 0, int sinceRun = 400, bool busy = false, int sequence = 3, int? challenger = null)
    {
        var pass = new MonitorReport("m-1", "m", 1, 1, Now, Now.AddDays(-30), Now, 300, 40, true, [], null, [], "");
        var run = new RunRecord($"run-m-{sequence}", "m", sequence, RunStatus.Succeeded, [], null, Now.AddDays(-sinceRun), null, []);
        return RetrainPolicy.Decide(new RetrainSituation(spec, Now, pass, open ?? [], labels, new RunsNow(run, busy), challenger));
    }
}
