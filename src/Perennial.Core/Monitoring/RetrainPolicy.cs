using System.Globalization;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Monitoring;

/// <summary>Whether a retraining should start: a pure function, so that every case can be tested and explained.</summary>
public static class RetrainPolicy
{
    /// <summary>Decides. The sentence starts with <c>Retraining:</c> when a run is wanted, and says why not otherwise.</summary>
    public static RetrainDecision Decide(RetrainSituation now)
    {
        var wish = Wish(now);
        if (wish is null) return new RetrainDecision(null, Quiet(now));
        var (kind, reason, key) = wish.Value;
        if (now.Runs.Busy) return new RetrainDecision(null, $"No retraining: {reason} But a run is in progress or asked for already.");
        // A newer challenger takes an undecided one's place, and its evidence is lost. Only a champion that fails is worth that.
        if (now.Challenger is { } challenger && kind != RunTriggerKind.Performance)
            return new RetrainDecision(null, $"No retraining: {reason} But version {challenger} is in its rollout, whose evidence a newer challenger would throw away.");
        var free = (now.Runs.Newest?.StartedAt + now.Spec.CoolDown) ?? DateTimeOffset.MinValue;
        if (now.At < free)
            return new RetrainDecision(null, string.Create(CultureInfo.InvariantCulture, $"No retraining: {reason} But the cool-down ends on {free:yyyy-MM-dd}."));
        // One wish, one run: until a newer run has started, the same wish has the same key.
        var trigger = new RunTrigger(kind, reason, "monitor", now.At, null, $"{key}-after-run-{now.Runs.Newest?.Sequence ?? 0}");
        return new RetrainDecision(trigger, $"Retraining: {reason}");
    }

    private static (RunTriggerKind Kind, string Reason, string Key)? Wish(RetrainSituation now)
    {
        if (now.Spec.OnPerformance && now.Open.FirstOrDefault(a => a.Kind == AlertKind.Performance) is { } performance)
            return (RunTriggerKind.Performance, performance.Message, performance.Id);
        if (now.Spec.OnDrift && now.Open.FirstOrDefault(a => a.Kind == AlertKind.Drift) is { } drift)
            return (RunTriggerKind.Drift, drift.Message, drift.Id);
        if (now.Spec.AfterLabels is { } after && now.NewLabels >= after)
            return (RunTriggerKind.Labels, $"{now.NewLabels} new labelled rows since the last run; {after} are enough.", "labels");
        if (now.Spec.Every is { } every && now.Runs.Newest is { } newest && now.At - newest.StartedAt >= every)
            return (RunTriggerKind.Schedule, $"The last run started {Duration.Format(TimeSpan.FromDays(Math.Floor((now.At - newest.StartedAt).TotalDays)))} ago; the schedule says every {Duration.Format(every)}.", "schedule");
        return null;
    }

    private static string Quiet(RetrainSituation now)
    {
        var pass = now.Pass;
        if (!pass.Judged) return $"Nothing to do: {pass.Rows} rows in the window are too few to judge.";
        var drifted = pass.Drift.Count(d => d.Drifted);
        var features = drifted == 0 ? $"none of {pass.Drift.Count} features drifted" : $"{drifted} of {pass.Drift.Count} features drifted, which asks for no retraining";
        var performance = pass.Performance is { } p
            ? string.Create(CultureInfo.InvariantCulture, $"{p.Metric} is {p.Value:0.000} on {p.Rows} labelled rows, against {p.Baseline:0.000} at the evaluation")
            : $"{pass.LabelledRows} labelled rows are too few to measure performance";
        return $"Nothing to do: {features}, and {performance}.";
    }
}

/// <summary>What the policy looks at.</summary>
/// <param name="Spec">The policy's settings.</param>
/// <param name="At">Now.</param>
/// <param name="Pass">The pass that asks.</param>
/// <param name="Open">The alerts that are open after the pass.</param>
/// <param name="NewLabels">Labels that came since the newest run started.</param>
/// <param name="Runs">Where the runs stand.</param>
/// <param name="Challenger">The version whose rollout is undecided.</param>
public sealed record RetrainSituation(
    RetrainSpec Spec, DateTimeOffset At, MonitorReport Pass, IReadOnlyList<Alert> Open, int NewLabels, RunsNow Runs, int? Challenger = null);

/// <summary>What the policy says.</summary>
/// <param name="Trigger">The run to ask for; null for none.</param>
/// <param name="Sentence">Why, or why not.</param>
public sealed record RetrainDecision(RunTrigger? Trigger, string Sentence);
