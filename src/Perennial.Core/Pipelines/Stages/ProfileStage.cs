using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Profiles every column and asks of each feature whether it tells the label alone. Fits on training rows, scores on validation rows; test rows are never looked at.</summary>
public sealed class ProfileStage(PipelineServices services) : Stage(services, StageNames.Profile)
{
    private const int StageVersion = 1;

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var reads = new { spec.Data.Time, spec.Data.Group, spec.Data.KnownLater, spec.Split, spec.Train.Seed, spec.Positive, spec.Gates.Leakage, spec.Gates.OnLeakage, spec.Gates.AllowedLeaks };
        var (hash, cached) = await Services.Cache.GetOrMake(StageNames.Profile.Value, StageVersion, reads, [state.Dataset!.Value, state.Plan!.Value], async () =>
        {
            var plan = await StageInputs.Plan(Services, state, cancellationToken);
            return await Services.Content.PutJson(Make(await Rows(state, cancellationToken), spec, plan), cancellationToken);
        }, cancellationToken);
        var profile = await Services.Content.GetJson<ProfileResult>(hash, cancellationToken);
        await Services.Journal.Update(state.Run, (record, details) => (record, details with
        {
            Findings = [.. details.Findings.Where(f => !profile.Findings.Contains(f)), .. profile.Findings],
            Profiles = profile.Profiles,
        }), cancellationToken);
        if (profile.Plan.Features.Count == 0) throw StageInputs.Failed("no-features", $"Every feature tells the label alone: {string.Join("; ", profile.Leaks)}. Is the label copied into them?");
        var rejection = profile.Leaks.Count > 0 && spec.Gates.OnLeakage == LeakagePolicy.Reject
            ? $"The gate 'leakage' said no: {string.Join("; ", profile.Leaks)}. Put the column into data.knownLater, or into gates.allowedLeaks where it is fair."
            : null;
        var summary = $"{profile.Profiles.Count} columns profiled; {profile.Leaks.Count} tell the label alone{(profile.Leaks.Count > 0 ? $": {string.Join(", ", profile.LeakingColumns)}" : "")}";
        return new StageResult(state with { Profile = hash, Plan = await Services.Content.PutJson(profile.Plan, cancellationToken), Rejection = RunJournal.Clip(rejection) }, summary, cached);
    }

    private static ProfileResult Make(Frame frame, ModelSpec spec, TrainingPlan plan)
    {
        var label = StageInputs.Expect(TaskInference.Read(frame, spec, "the dataset"));
        var split = StageInputs.Expect(Splits.MakeLearnable(frame, spec, label, "the dataset")).Split;
        var findings = new List<DataFinding>();
        var leaks = Leaks(frame, spec, plan, split);
        foreach (var leak in leaks)
        {
            findings.Add(new DataFinding("leak", leak.Column, spec.Gates.OnLeakage == LeakagePolicy.Drop
                ? $"{Evidence(leak)}. It is left out of training; where it is fair, name it in gates.allowedLeaks."
                : $"{Evidence(leak)}. The spec says that this ends the run."));
        }
        findings.Add(KnownLater(spec));
        int[] rows = [.. split.Train.Concat(split.Validation).Order()];
        var profiles = Profiles.Of(frame, frame.Columns.Select(c => c.Name), rows);
        findings.AddRange(profiles.Where(p => plan.Features.Contains(p.Name) && p.Distinct <= 1)
            .Select(p => new DataFinding("constant", p.Name, $"'{p.Name}' has {(p.Distinct == 0 ? "no value" : "the same value")} in every row that trains or chooses, and says nothing.")));
        string[] leaking = [.. leaks.Select(l => l.Column)];
        plan = plan with { Features = [.. plan.Features.Except(leaking)], Ignored = [.. frame.Columns.Select(c => c.Name).Where(n => leaking.Contains(n) || plan.Ignored.Contains(n))] };
        return new ProfileResult(plan, profiles, findings, [.. leaks.Select(Evidence)], leaking);
    }

    private static List<LeakEvidence> Leaks(Frame frame, ModelSpec spec, TrainingPlan plan, RowSplit split)
    {
        var labels = new double[frame.RowCount];
        foreach (var rows in new[] { split.Train, split.Validation })
        {
            var values = LabelledRows.Take(frame, rows, plan).Labels;
            for (var i = 0; i < rows.Length; i++) labels[rows[i]] = values[i];
        }
        var leaks = new List<LeakEvidence>();
        foreach (var feature in plan.Features.Except(spec.Gates.AllowedLeaks))
        {
            var evidence = SingleFeatureLeak.Probe(frame[feature], labels, plan.Task, split.Train, split.Validation, plan.Label, plan.Classes);
            if (evidence is not null && evidence.Value >= spec.Gates.Leakage) leaks.Add(evidence);
        }
        return leaks;
    }

    private static string Evidence(LeakEvidence leak) =>
        string.Create(CultureInfo.InvariantCulture, $"'{leak.Column}' alone reaches {leak.Metric} {leak.Value:0.####} on held-out rows: {leak.Explanation}");

    private static DataFinding KnownLater(ModelSpec spec) => new("known-later", null, spec.Data.KnownLater.Count == 0
        ? "No value tells which columns exist only after the event: a person must know. The spec declares none in data.knownLater; check that this is so."
        : $"No value tells which columns exist only after the event: a person must know. The spec declares {string.Join(", ", spec.Data.KnownLater.Select(c => $"'{c}'"))} in data.knownLater; check that these are all.");
}

/// <summary>What the profile stage found; content.</summary>
/// <param name="Plan">The plan without leaking features.</param>
/// <param name="Profiles">A profile a column, over the rows that train or choose.</param>
/// <param name="Findings">What a person should know.</param>
/// <param name="Leaks">The evidence of each leak.</param>
/// <param name="LeakingColumns">The leaking columns.</param>
public sealed record ProfileResult(
    TrainingPlan Plan, IReadOnlyList<ColumnProfile> Profiles, IReadOnlyList<DataFinding> Findings, IReadOnlyList<string> Leaks, IReadOnlyList<string> LeakingColumns);
