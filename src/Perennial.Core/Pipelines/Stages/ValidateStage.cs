using Perennial.Core.Data;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Checks the dataset against the spec, and decides task, classes, metric and the columns that may be features.</summary>
public sealed class ValidateStage(PipelineServices services) : Stage(services, StageNames.Validate)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        StageInputs.Runtime(Services, spec);
        var dataset = await StageInputs.Dataset(Services, state, cancellationToken);
        var frame = await Rows(state, cancellationToken);
        if (DeclaredColumns.Check(spec, frame.Schema, dataset.Name) is { } undeclared) throw StageInputs.Failed(undeclared);
        var label = StageInputs.Expect(TaskInference.Read(frame, spec, dataset.Name));
        if (NamedMetrics.Check(spec, label.Task, dataset.Name) is { } unfit) throw StageInputs.Failed(unfit);
        var all = label.Classes;
        (label, _) = StageInputs.Expect(Splits.MakeLearnable(frame, spec, label, dataset.Name));
        if (Expectations.Check(frame, spec.Data.Expectations) is { Count: > 0 } broken)
            throw StageInputs.Failed(Problem.Invalid("expectations-broken", $"{dataset.Name} breaks {broken.Count} of the spec's expectations: {broken[0].Where}: {broken[0].Message} Correct the rows, or the expectation.", broken));

        var findings = new List<DataFinding> { label.Finding };
        if (dataset.BadRows > 0) findings.Add(new DataFinding("bad-rows", null, $"{dataset.BadRows} unreadable rows were left out of {dataset.Name}."));
        findings.AddRange(all.Except(label.Classes).Select(name => new DataFinding("class-left-out", spec.Label, $"No row that trains has the class '{name}' of '{spec.Label}'; its rows are left out. Correct the label where it is a slip.")));
        findings.AddRange(spec.Data.Types.Where(t => frame[t.Key].Type != t.Value).OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => new DataFinding("type-kept", t.Key, $"'{t.Key}' was read as {frame[t.Key].Type.ToString().ToLowerInvariant()} when the dataset came; the spec now says {t.Value.ToString().ToLowerInvariant()}. Upload the file again to have it read so.")));
        var features = Features(frame, spec, findings);
        findings.AddRange(features.Append(spec.Label).Where(name => !spec.Data.Types.ContainsKey(name))
            .Select(name => (Name: name, Example: NumbersAsText.Example(frame[name]))).Where(found => found.Example is not null)
            .Select(found => new DataFinding("numbers-as-text", found.Name, NumbersAsText.Advice(found.Name, found.Example!))));
        await LeaveOutWhatTrafficLacks(dataset, frame, features, findings, cancellationToken);
        if (features.Count == 0) throw StageInputs.Failed("no-features", $"{dataset.Name} has no column that may be a feature. Correct data.ignore and data.knownLater, or declare types.");
        var plan = new TrainingPlan(label.Task, spec.Label, label.Classes, spec.Train.Metric ?? MetricCatalog.Default(label.Task), spec.Data.Weight, features,
            [.. frame.Columns.Select(c => c.Name).Where(name => !features.Contains(name))]);
        await Services.Journal.Update(state.Run, (record, details) => (record, details with { Findings = findings }), cancellationToken);
        var hash = await Services.Content.PutJson(plan, cancellationToken);
        return new StageResult(state with { Plan = hash }, $"{label.Task.ToString().ToLowerInvariant()}, {features.Count} columns may be features, {label.Labelled.Length:N0} labelled rows");
    }

    private static List<string> Features(Frame frame, ModelSpec spec, List<DataFinding> findings)
    {
        var roles = new[] { spec.Label, spec.Data.Id, spec.Data.Weight, spec.Data.Group };
        var features = new List<string>();
        foreach (var column in frame.Columns)
        {
            var name = column.Name;
            if (roles.Contains(name)) continue;
            if (spec.Data.KnownLater.Contains(name)) findings.Add(new DataFinding("known-later", name, $"'{name}' is declared to exist only after the event and is left out."));
            else if (spec.Data.Ignore.Contains(name)) findings.Add(new DataFinding("ignored", name, $"'{name}' is left out, as the spec says."));
            else if (column.Type == ColumnType.Text && spec.Train.Text == TextUse.None) findings.Add(new DataFinding("text", name, $"'{name}' is free text and left out, as train.text says."));
            else
            {
                features.Add(name);
                if (column.Type == ColumnType.Text) findings.Add(new DataFinding("text", name, $"'{name}' is free text: its words are features of linear models, and boosted trees do not read it. Declare it categorical in data.types if it is not text, or name it in data.ignore."));
            }
        }
        return features;
    }

    // A column that no served row ever had cannot be known when a prediction is wanted, however well it explains the uploaded rows. It may
    // be a leak that an earlier version was spared: its probe sees nothing where the newest rows hold nothing.
    private async Task LeaveOutWhatTrafficLacks(Dataset dataset, Frame frame, List<string> features, List<DataFinding> findings, CancellationToken cancellationToken)
    {
        if (dataset.Origin != DatasetOrigin.Traffic) return;
        var traffic = (int)(await Services.Datasets.Manifest(dataset, cancellationToken)).Parts[^1].Rows;
        foreach (var name in features.Where(name => HasNoValue(frame[name], frame.RowCount - traffic)).ToList())
        {
            features.Remove(name);
            findings.Add(new DataFinding("not-in-traffic", name, $"'{name}' has no value in any of {traffic:N0} rows of labelled traffic and is left out: what is not known when a prediction is wanted cannot help it."));
        }
    }

    private static bool HasNoValue(Column column, int from)
    {
        for (var row = from; row < column.Length; row++)
            if (!column.IsMissing(row)) return false;
        return true;
    }
}
