using Perennial.Core.Governance;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Kills.Work;

namespace Perennial.Kills.Checks;

/// <summary>
/// What must hold of a model whatever was killed when. Pure: a ledger and a view give the violations, so that the rules themselves can
/// be tried on planted faults.
/// </summary>
internal static class Checker
{
    /// <summary>The violations, each in a sentence; none when all is well.</summary>
    /// <param name="ledger">What was asked and promised. Its <see cref="Ledger.Seen"/> is not changed.</param>
    /// <param name="view">What is there.</param>
    /// <param name="settled">Whether nothing runs or is pending any more.</param>
    public static IReadOnlyList<string> Check(Ledger ledger, ModelView view, bool settled = false)
    {
        IEnumerable<string> found =
        [
            .. Audit(ledger, view), .. Runs(ledger, view), .. Requests(ledger, view), .. Versions(ledger, view), .. Champion(ledger, view),
            .. Datasets(ledger, view), .. Logs(ledger, view), .. view.BrokenArtifacts, .. settled ? Settled(view) : [],
        ];
        return [.. found.Select(fault => $"{ledger.Model}, {view.Source}: {fault}")];
    }

    /// <summary>Keeps what the next view must still show.</summary>
    public static void Remember(Ledger ledger, ModelView view)
    {
        foreach (var run in view.Runs.Where(HasEnded)) ledger.Seen.EndedRuns[run.Id] = run;
        foreach (var version in view.Versions) ledger.Seen.Versions[version.Version] = version;
        ledger.Seen.Datasets.UnionWith(view.Datasets);
        if (view.Audit.Count > 0) ledger.Seen.LastDecision = view.Audit[^1];
    }

    /// <summary>Whether the run has come to an end.</summary>
    public static bool HasEnded(RunRecord run) => run.Status is not (RunStatus.Running or RunStatus.AwaitingApproval);

    private static IEnumerable<string> Audit(Ledger ledger, ModelView view)
    {
        if ((view.ChainFault ?? AuditChain.FindBreak(view.Audit)) is { } broken) yield return $"the audit chain is broken. {broken}";
        if (ledger.Seen.LastDecision is { } last && view.Audit.FirstOrDefault(e => e.Sequence == last.Sequence)?.Hash != last.Hash)
            yield return $"decision {last.Sequence} ({last.Kind}) was seen before and is gone or another.";
        foreach (var twice in view.Audit.Where(e => e.Kind is "version-registered" or "run-rejected").GroupBy(e => (e.Kind, e.Run)).Where(g => g.Count() > 1))
            yield return $"the audit has {twice.Count()} decisions {twice.Key.Kind} of run {twice.Key.Run}.";
    }

    private static IEnumerable<string> Runs(Ledger ledger, ModelView view)
    {
        for (var i = 0; i < view.Runs.Count; i++)
            if (view.Runs[i].Sequence != i + 1) yield return $"run {view.Runs[i].Id} stands where run {i + 1} should.";
        if (view.Runs.Count(run => !HasEnded(run)) > 1) yield return "more than one run is under way.";
        foreach (var run in view.Runs)
        {
            if (run.Status == RunStatus.Failed) yield return $"run {run.Id} failed: {run.Failure?.Message}";
            if (run.Attempt != 1) yield return $"run {run.Id} is at attempt {run.Attempt}, and nobody asked for a retry.";
            if (HasEnded(run) != run.EndedAt is not null) yield return $"run {run.Id} is {run.Status} and its end is '{run.EndedAt}'.";
            if (run.Stages.DistinctBy(s => s.Name).Count() != run.Stages.Count) yield return $"run {run.Id} has a stage twice.";
            if (run.Status == RunStatus.Succeeded && run.Stages.Any(s => s.Status != StageStatus.Done)) yield return $"run {run.Id} succeeded with stages that are not done.";
        }
        foreach (var ended in ledger.Seen.EndedRuns.Values)
        {
            var now = view.Runs.FirstOrDefault(run => run.Id == ended.Id);
            if (now is null) yield return $"run {ended.Id} had ended and is gone.";
            else if ((now.Status, now.EndedAt, now.Version, now.Report) != (ended.Status, ended.EndedAt, ended.Version, ended.Report))
                yield return $"run {ended.Id} had ended {ended.Status} at {ended.EndedAt:O}; now it is {now.Status} at {now.EndedAt:O}.";
        }
    }

    private static IEnumerable<string> Requests(Ledger ledger, ModelView view)
    {
        var taken = view.Runs.SelectMany(run => run.Triggers).Select(t => t.Key).ToList();
        foreach (var twice in taken.GroupBy(key => key, StringComparer.Ordinal).Where(g => g.Count() > 1)) yield return $"request {twice.Key} is answered by {twice.Count()} runs.";
        var pending = view.Pending.Select(t => t.Key).ToList();
        var known = taken.Concat(pending).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, _) in ledger.Requests.Answers())
            if (!known.Contains(key)) yield return $"request {key} was acknowledged, and no run answers it.";
        if (view.IsOfOneMoment && taken.Intersect(pending, StringComparer.Ordinal).FirstOrDefault() is { } both) yield return $"request {both} is answered and pending.";
        var asked = view.Runs.SelectMany(run => run.Triggers).Concat(view.Pending).Where(t => t.Kind == RunTriggerKind.Request);
        foreach (var trigger in asked)
            if (!ledger.Requests.Knows(trigger.Key)) yield return $"request {trigger.Key} was never sent.";
    }

    private static IEnumerable<string> Versions(Ledger ledger, ModelView view)
    {
        for (var i = 0; i < view.Versions.Count; i++)
            if (view.Versions[i].Version != i + 1) yield return $"version {view.Versions[i].Version} stands where version {i + 1} should.";
        foreach (var run in view.Versions.GroupBy(v => v.Run, StringComparer.Ordinal).Where(g => g.Count() > 1)) yield return $"run {run.Key} made {run.Count()} versions.";
        foreach (var version in ledger.Seen.Versions.Values)
            if (view.Versions.FirstOrDefault(v => v.Version == version.Version) is not { } now || (now.Run, now.Package) != (version.Run, version.Package))
                yield return $"version {version.Version} was seen before and is gone or another.";
        foreach (var run in view.Runs.Where(run => run.Status == RunStatus.Succeeded))
            if (!view.Versions.Any(v => v.Version == run.Version && v.Run == run.Id)) yield return $"run {run.Id} succeeded, and its version {run.Version} is not there.";
        if (!view.IsOfOneMoment) yield break;
        var registered = view.Audit.Where(e => e.Kind == "version-registered").Select(e => (e.Version, e.Run)).ToHashSet();
        foreach (var version in view.Versions)
        {
            if (!registered.Contains((version.Version, version.Run))) yield return $"version {version.Version} has no decision in the audit.";
            if (view.Runs.FirstOrDefault(run => run.Id == version.Run) is not { } run) yield return $"version {version.Version} is of run {version.Run}, which is not there.";
            else if (HasEnded(run) && run.Status != RunStatus.Rejected && run.Version != version.Version) yield return $"run {run.Id} ended without its version {version.Version}.";
        }
        if (registered.Count != view.Versions.Count) yield return $"the audit has {registered.Count} registrations for {view.Versions.Count} versions.";
    }

    private static IEnumerable<string> Champion(Ledger ledger, ModelView view)
    {
        var crowned = view.Audit.Where(e => e.Kind is "version-promoted" or "rolled-back").ToList();
        var decisions = crowned.Select(e => (e.Version, e.At)).ToHashSet();
        foreach (var (version, at) in ledger.Promotions)
            if (!decisions.Contains((version, at))) yield return $"version {version} was acknowledged as champion since {at:O}, and the audit has no such decision.";
        if (!view.IsOfOneMoment) yield break;
        var champion = view.Aliases.FirstOrDefault(a => a.Alias == ModelRegistry.Champion);
        if (champion?.Version != crowned.LastOrDefault()?.Version) yield return $"the champion is version {champion?.Version}, the last decision crowned {crowned.LastOrDefault()?.Version}.";
        var reigning = view.Versions.Where(v => v.State == VersionState.Champion).Select(v => v.Version).ToList();
        if (!reigning.SequenceEqual(champion is null ? [] : [champion.Version])) yield return $"champion by their state are the versions [{string.Join(", ", reigning)}], by the alias {champion?.Version}.";
    }

    private static IEnumerable<string> Datasets(Ledger ledger, ModelView view)
    {
        if (view.SpecRevision < ledger.SpecRevision) yield return $"spec revision {ledger.SpecRevision} was acknowledged; there is revision {view.SpecRevision}.";
        var there = view.Datasets.ToHashSet();
        foreach (var (name, id) in ledger.Uploads.Answers())
            if (!there.Contains(id)) yield return $"dataset {id} ({name}) was acknowledged and is not there.";
        foreach (var id in ledger.Seen.Datasets)
            if (!there.Contains(id)) yield return $"dataset {id} was seen before and is gone.";
    }

    private static IEnumerable<string> Logs(Ledger ledger, ModelView view)
    {
        if (view.Logs is not { } logs) yield break;
        var scores = logs.Predictions.GroupBy(p => p.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        foreach (var (id, score) in ledger.Predictions.Answers())
        {
            if (!scores.TryGetValue(id, out var found)) yield return $"prediction {id} was acknowledged and is not in the log.";
            else if (found[0].Scores[0] != score) yield return $"prediction {id} was answered {score:R}, the log has {found[0].Scores[0]:R}.";
        }
        foreach (var (id, found) in scores)
        {
            if (found.Count > 1) yield return $"prediction {id} is in the log {found.Count} times.";
            if (!ledger.Predictions.Knows(id)) yield return $"prediction {id} is in the log and was never asked for.";
        }
        var labels = logs.Labels.GroupBy(l => l.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        foreach (var (id, text) in ledger.Labels.Answers())
            if (!labels.TryGetValue(id, out var found) || found[0].Value != text) yield return $"label {text} of {id} was acknowledged and is not in the log.";
        foreach (var (id, found) in labels)
        {
            if (found.Count > 1) yield return $"the label of {id} is in the log {found.Count} times.";
            if (ledger.LabelTexts.GetValueOrDefault(id) != found[0].Value) yield return $"the label {found[0].Value} of {id} is in the log and was never sent.";
        }
    }

    private static IEnumerable<string> Settled(ModelView view)
    {
        foreach (var run in view.Runs.Where(run => !HasEnded(run))) yield return $"run {run.Id} has not ended.";
        foreach (var run in view.Runs.Where(run => HasEnded(run) && run.Report is null)) yield return $"run {run.Id} has no report.";
        if (view.Pending.Count > 0) yield return $"{view.Pending.Count} requests are still pending.";
    }
}
