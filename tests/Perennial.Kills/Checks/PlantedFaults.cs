using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Kills.Work;

namespace Perennial.Kills.Checks;

/// <summary>
/// Proves that the checks can fail: breaks a view that was found right in one way after the other, some of them on the disk itself, and
/// looks whether each is seen.
/// </summary>
internal static class PlantedFaults
{
    // Behind the headers of the segment and of its first record.
    private const int InFirstRecord = 48;
    private static readonly string[] Stores = ["orchestrations", "tables", "predictions"];

    private static readonly (string Name, Func<ModelView, ModelView> Plant)[] OfViews =
    [
        ("a lost prediction", view => view with { Logs = view.Logs! with { Predictions = [.. view.Logs.Predictions.Skip(1)] } }),
        ("a prediction written twice", view => view with { Logs = view.Logs! with { Predictions = [.. view.Logs.Predictions, view.Logs.Predictions[^1]] } }),
        ("a prediction nobody asked for", view => view with { Logs = view.Logs! with { Predictions = [.. view.Logs.Predictions, view.Logs.Predictions[^1] with { Id = "nobody" }] } }),
        ("another score", view => view with { Logs = view.Logs! with { Predictions = [view.Logs.Predictions[0] with { Scores = [2] }, .. view.Logs.Predictions.Skip(1)] } }),
        ("a lost label", view => view with { Logs = view.Logs! with { Labels = [.. view.Logs.Labels.SkipLast(1)] } }),
        ("another label", view => view with { Logs = view.Logs! with { Labels = [.. view.Logs.Labels.SkipLast(1), view.Logs.Labels[^1] with { Value = "maybe" }] } }),
        ("a lost run", view => view with { Runs = [.. view.Runs.SkipLast(1)] }),
        ("a request answered by two runs", view => view with { Runs = [.. view.Runs, view.Runs[^1] with { Sequence = view.Runs.Count + 1, Id = "run-again" }] }),
        ("a run that ended again", view => view with { Runs = [.. view.Runs.Select((run, i) => i == 0 ? run with { EndedAt = run.EndedAt!.Value.AddSeconds(1) } : run)] }),
        ("a run that never ends", view => view with { Runs = [.. view.Runs.SkipLast(1), view.Runs[^1] with { Status = RunStatus.Running, EndedAt = null }] }),
        ("two versions of one run", view => view with { Versions = [.. view.Versions, view.Versions[^1] with { Version = view.Versions.Count + 1 }] }),
        ("a lost version", view => view with { Versions = [.. view.Versions.SkipLast(1)] }),
        ("another package", view => view with { Versions = [view.Versions[0] with { Package = view.Datasets[0] }, .. view.Versions.Skip(1)] }),
        ("a gap in the audit", view => view with { Audit = [.. view.Audit.Take(1), .. view.Audit.Skip(2)] }),
        ("an audit cut short", view => view with { Audit = [.. view.Audit.SkipLast(1)] }),
        ("a decision rewritten", view => view with { Audit = [.. view.Audit.SkipLast(1), view.Audit[^1] with { Reason = "for no reason" }] }),
        ("a champion nobody crowned", view => view with { Aliases = [.. view.Aliases.Where(a => a.Alias != ModelRegistry.Champion)] }),
        ("a lost dataset", view => view with { Datasets = [.. view.Datasets.Skip(1)] }),
        ("an older spec", view => view with { SpecRevision = view.SpecRevision - 1 }),
    ];

    /// <summary>Plants each fault and counts those that are seen; one that is not is told.</summary>
    /// <param name="ledger">The model's ledger.</param>
    /// <param name="right">Its view, settled and without a violation.</param>
    /// <param name="look">Looks at the folder again.</param>
    /// <param name="dead">The folder.</param>
    public static async Task<(int Seen, int Planted)> Try(Ledger ledger, ModelView right, Func<Task<ModelView>> look, DeadFolder dead)
    {
        var ordered = right with { Logs = WithPromisedAtTheEnds(right.Logs!, ledger), SpecRevision = ledger.SpecRevision };
        var results = OfViews.Select(fault => (fault.Name, Seen: Checker.Check(ledger, fault.Plant(ordered), settled: true).Count > 0)).ToList();
        var model = dead.Artifacts.PathOf(right.Runs.Last(run => run.Report is not null).Report!.Value.ToString());
        results.Add(("a missing artifact", await IsSeen(ledger, look, () => File.Move(model, model + ".away"), () => File.Move(model + ".away", model))));
        var bytes = await File.ReadAllBytesAsync(model);
        byte[] flipped = [.. bytes.SkipLast(1), (byte)(bytes[^1] ^ 1)];
        results.Add(("a damaged artifact", await IsSeen(ledger, look, () => File.WriteAllBytes(model, flipped), () => File.WriteAllBytes(model, bytes))));
        foreach (var store in Stores) results.Add(($"a damaged record in {store}", await IsFound(dead, store)));
        foreach (var (name, _) in results.Where(result => !result.Seen)) Console.Error.WriteLine($"NOT SEEN: {name} was planted, and the checks found nothing.");
        return (results.Count(result => result.Seen), results.Count);
    }

    // What a kill left without an answer may be lost: faults are planted on the first prediction and the last label, so those must be promised
    // (as must the revision of the spec be that an older one is made of).
    private static LogView WithPromisedAtTheEnds(LogView logs, Ledger ledger)
    {
        var (predictions, labels) = (Promised(ledger.Predictions), Promised(ledger.Labels));
        return new LogView([.. logs.Predictions.OrderBy(p => !predictions.Contains(p.Id))], [.. logs.Labels.OrderBy(l => labels.Contains(l.Id))]);
    }

    private static HashSet<string> Promised<T>(Sent<T> sent) => [.. sent.Answers().Select(answer => answer.Id)];

    // In the middle of a log, where no torn write can be.
    private static async Task<bool> IsFound(DeadFolder dead, string store)
    {
        var segment = dead.LargestSegment(store);
        var bytes = await File.ReadAllBytesAsync(segment);
        byte[] flipped = [.. bytes];
        flipped[InFirstRecord] ^= 1;
        await File.WriteAllBytesAsync(segment, flipped);
        try
        {
            return (await dead.Fsck()).Any(finding => finding.Contains("segment-damaged in " + store, StringComparison.Ordinal));
        }
        finally
        {
            await File.WriteAllBytesAsync(segment, bytes);
        }
    }

    private static async Task<bool> IsSeen(Ledger ledger, Func<Task<ModelView>> look, Action plant, Action remove)
    {
        plant();
        try
        {
            return Checker.Check(ledger, await look()).Count > 0;
        }
        finally
        {
            remove();
        }
    }
}
