using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Registry;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Settles what the run trains on: the dataset asked for, or the newest one extended by labelled traffic. A retry keeps what was settled before.</summary>
public sealed class IngestStage(PipelineServices services) : Stage(services, StageNames.Ingest)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var run = state.Run;
        var model = await Services.Registry.FindModel(run.Model, cancellationToken) ?? throw StageInputs.Failed("model-unknown", $"There is no model '{run.Model}'.");
        var record = (await Services.Journal.Find(run, cancellationToken))!;
        if (record.Triggers is [{ Repeat: { } repeat }]) return await Recorded(state, repeat, cancellationToken);
        var wanted = record.Dataset ?? record.Triggers.LastOrDefault(t => t.Dataset is not null)?.Dataset;
        var dataset = wanted is { } id
            ? await StageInputs.Dataset(Services, state with { Dataset = id }, cancellationToken)
            : await WithTraffic(run.Model, cancellationToken);
        var champion = await Services.Registry.FindAlias(run.Model, ModelRegistry.Champion, cancellationToken);
        await Services.Journal.Update(run, r => r with { Dataset = dataset.Id, Champion = champion?.Version }, cancellationToken);
        var summary = string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}: {dataset.Rows:N0} rows, {dataset.Columns.Count} columns");
        return new StageResult(state with { Spec = model.Spec, Dataset = dataset.Id }, summary);
    }

    private async Task<StageResult> Recorded(RunState state, int version, CancellationToken cancellationToken)
    {
        var known = await Services.Registry.FindVersion(state.Run.Model, version, cancellationToken)
            ?? throw StageInputs.Failed("version-unknown", $"Model '{state.Run.Model}' has no version {version} to make again.");
        var provenance = await (await Services.Packages.Read(known.Package, cancellationToken)).ReadProvenance(cancellationToken);
        var dataset = await StageInputs.Dataset(Services, state with { Dataset = provenance.Dataset }, cancellationToken);
        await Services.Journal.Update(state.Run, r => r with { Dataset = dataset.Id }, cancellationToken);
        return new StageResult(state with { Spec = provenance.Spec, Dataset = dataset.Id, Repeat = version, Replay = provenance.Trials },
            string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}: {dataset.Rows:N0} rows, as version {version} was trained on"));
    }

    private async Task<Dataset> WithTraffic(string model, CancellationToken cancellationToken)
    {
        var newest = await Services.Datasets.Newest(model, cancellationToken)
            ?? throw StageInputs.Failed("no-dataset", $"Model '{model}' has no dataset. Upload one, then retry.");
        var traffic = await Services.Traffic(model, cancellationToken);
        return traffic is null ? newest : await Services.Datasets.ExtendWithTraffic(model, newest, traffic, cancellationToken);
    }
}
