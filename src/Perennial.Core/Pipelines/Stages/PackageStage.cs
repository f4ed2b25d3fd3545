using System.Reflection;
using System.Runtime.InteropServices;
using Perennial.Core.Data;
using Perennial.Core.Evaluation;
using Perennial.Core.Governance;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Training;
using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Writes the package: the graph, what it takes and gives, what its data looked like, how it did, and where it comes from.</summary>
public sealed class PackageStage(PipelineServices services) : Stage(services, StageNames.Package)
{
    private const int MaxLevels = 1000;

    // The features of so many rows are held at once.
    private const int MeanRows = 10_000;

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var plan = await StageInputs.Plan(Services, state, cancellationToken);
        var split = await StageInputs.Split(Services, state, cancellationToken);
        var fit = await Services.Content.GetJson<FitResult>(state.Fit!.Value, cancellationToken);
        var evaluation = await Services.Content.GetJson<EvaluationResult>(state.Evaluation!.Value, cancellationToken);
        var winner = (await StageInputs.Trials(Services, state, cancellationToken))[state.Winner!.Value];
        var frame = await Rows(state, cancellationToken);
        var fitted = RowSplit.Newest(split.TrainAndValidation(), winner.HistoryShare);
        var onnx = await Services.Content.GetBytes(fit.Onnx, cancellationToken);
        var (runtime, predictor) = StageInputs.Runtime(Services, spec).Choose(onnx);
        using var held = predictor as IDisposable;

        var signature = Signature(plan, predictor, frame, split.TrainAndValidation(), fitted) with
        {
            Missing = spec.Data.Missing.Count > 0 ? spec.Data.Missing : null,
            Runtime = RuntimeChoice.Recorded(runtime),
        };
        var report = evaluation.Report;
        var baseline = new Baseline(fitted.Length, Profiles.Of(frame, signature.Inputs.Select(i => i.Name), fitted), evaluation.Prediction, report.Rows, report.Metrics, report.Intervals);
        var provenance = await Provenance(state, spec, winner, runtime, cancellationToken);
        var card = ModelCard.Write(spec, signature, report, provenance, split.Summary());
        var package = await Services.Packages.Write(fit.Onnx, signature, baseline, report, provenance, card, Explainer(onnx, frame, fitted), cancellationToken);
        return new StageResult(state with { Package = package }, $"model.onnx {fit.Onnx.ToString()[..12]}");
    }

    private static ModelSignature Signature(TrainingPlan plan, IPredictor predictor, Frame frame, int[] seen, int[] fitted)
    {
        SignatureColumn Input(ColumnSchema input)
        {
            var column = frame[input.Name];
            return new SignatureColumn(input.Name, input.Type, seen.Any(column.IsMissing), input.Type == ColumnType.Categorical ? Levels(column, fitted) : null);
        }
        string[] names = [.. predictor.Inputs.Select(i => i.Name)];
        return new ModelSignature(plan.Task, plan.Label, plan.Classes, Evaluator.Threshold, [.. predictor.Inputs.Select(Input)],
            [.. frame.Columns.Select(c => c.Name).Where(name => !names.Contains(name))]);
    }

    private static ExplainerFile? Explainer(byte[] onnx, Frame frame, int[] fitted)
    {
        try
        {
            var rows = frame.Take([.. EvenSample.Of(fitted.Length, MeanRows).Select(at => fitted[at])]);
            return GraphExplainer.FeatureMeans(onnx, rows) is { } means ? new ExplainerFile(rows.RowCount, means) : null;
        }
        catch (NotExplainableException)
        {
            // A trainer from elsewhere makes graphs of its own; whoever asks for an explanation is told why there is none.
            return null;
        }
    }

    private static string[] Levels(Column column, int[] rows) =>
        [.. rows.Select(column.Format).Where(v => v is not null).Select(v => v!)
            .GroupBy(v => v, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(MaxLevels).Select(g => g.Key).Order(StringComparer.Ordinal)];

    private async Task<Provenance> Provenance(RunState state, ModelSpec spec, TrialPlan winner, IModelRuntime runtime, CancellationToken cancellationToken)
    {
        var dataset = await StageInputs.Dataset(Services, state, cancellationToken);
        var manifest = await Services.Datasets.Manifest(dataset, cancellationToken);
        var record = (await Services.Journal.Find(state.Run, cancellationToken))!;
        var code = typeof(PackageStage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return new Provenance(dataset.Id, [.. manifest.Parts.Select(p => p.Content)], state.Spec!.Value, spec.Train.Seed, winner.Trainer, winner.Parameters, code,
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, {runtime.Name} runtime", record.Champion, state.Trials);
    }
}
