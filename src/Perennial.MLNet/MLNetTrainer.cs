using Microsoft.ML;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet;

/// <summary>
/// ML.NET's learners as candidates of the search: <c>mlnet-fasttree</c>, <c>mlnet-lightgbm</c>, <c>mlnet-sdca</c>, <c>mlnet-lbfgs</c>. Raw
/// columns become features as for the built-in linear models (imputed and scaled numbers, a feature a level), the fitted model is converted
/// to ONNX and written behind them, and the whole graph is held to ML.NET's own scores before it is handed out.
/// </summary>
public sealed class MLNetTrainer : ITrainer
{
    // ML.NET's trainers take dense rows: fewer levels and terms than where rows are sparse.
    private static readonly FeatureOptions Features = FeatureOptions.ForLinear with { MaxLevels = 100, MaxTerms = 500 };

    private readonly MLNetLearner _learner;
    private readonly IModelRuntime _runtime;

    internal MLNetTrainer(MLNetLearner learner, IModelRuntime runtime) => (_learner, _runtime) = (learner, runtime);

    /// <summary>One of each.</summary>
    /// <param name="runtime">Scores the exported graphs when they are checked, where a request names no runtime that is to serve them.</param>
    public static IReadOnlyList<ITrainer> All(IModelRuntime runtime) =>
        [.. new MLNetLearner[] { new FastTreeLearner(), new LightGbmLearner(), new SdcaLearner(), new LbfgsLearner() }.Select(learner => new MLNetTrainer(learner, runtime))];

    /// <inheritdoc/>
    public string Name => _learner.Name;

    /// <inheritdoc/>
    public IReadOnlyList<SearchParameter>? Space(TaskKind task) => _learner.Space(task);

    /// <inheritdoc/>
    public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return Fit(request, cancellationToken);
        }
        catch (LearnerRefusalException refusal)
        {
            throw Refused(refusal.Code, refusal.Message);
        }
        catch (ModelTrainingException refusal)
        {
            throw Refused(refusal.Code, refusal.Message);
        }
        catch (DllNotFoundException exception)
        {
            // Another machine may have it, and this one once it is mended.
            throw new ActivityFailureException(new Failure(
                Failure.NativeLibraryMissing, $"{Name} needs a native library that this machine does not have: {exception.Message}", Retryable: true));
        }
    }

    private TrainedModel Fit(TrainingRequest request, CancellationToken cancellationToken)
    {
        var space = _learner.Space(request.Task) ?? throw new LearnerRefusalException("task-unsupported", $"{Name} does not do the task {request.Task}.");
        RequestCheck.Parameters(Name, space, request.Parameters);
        var targets = RequestCheck.Targets(request);
        var fit = FeatureFitting.Fit(request.Train, request.Features, Features, cancellationToken);
        if (fit.Transforms.Count == 0)
            throw new LearnerRefusalException("no-features", $"No column gives a feature: {string.Join("; ", fit.Ignored.Select(i => $"'{i.Column}' {i.Reason}"))}.");
        var features = FeatureEncoding.Apply(fit.Transforms, request.Train);

        var seed = (int)((request.Seed ^ (request.Seed >> 32)) & int.MaxValue);
        var context = new MLContext(seed);
        // ML.NET takes no cancellation: it is looked for between the steps.
        cancellationToken.ThrowIfCancellationRequested();
        var least = request.Task == TaskKind.Regression ? targets.Values.Min() : 0;
        double Parameter(string name) => request.Parameters.TryGetValue(name, out var value) ? value : space.Single(p => p.Name == name).Default;
        var learned = Guarded("train", () => _learner.Fit(new LearnerInput(context, request.Task, FeatureRow.View(context, features, targets), least, seed, Parameter)), cancellationToken);

        var onnx = Export(request, context, fit, learned, features, targets.Outputs, cancellationToken);
        var sample = ExportCheck.Sample(request.Train);
        var expected = ExportCheck.Scores(context, learned.Transformer, FeatureEncoding.Apply(fit.Transforms, sample), request.Task);
        ExportCheck.Check(request.Runtime ?? _runtime, onnx, sample, expected);
        var importance = ColumnImportance.Of(fit.Transforms, features, learned, some => ExportCheck.Scores(context, learned.Transformer, some, request.Task));
        var facts = new Dictionary<string, double> { ["features"] = features.FeatureCount, ["rowsCompared"] = sample.RowCount };
        return new TrainedModel(onnx, importance, facts);
    }

    private byte[] Export(
        TrainingRequest request, MLContext context, FeatureFit fit, FittedLearner learned, FeatureMatrix features, int outputs, CancellationToken cancellationToken)
    {
        using var converted = new MemoryStream();
        // The converter looks at the view's columns only; a row is enough.
        var view = UnlabelledRow.View(context, new FeatureMatrix(1, [.. Enumerable.Range(0, features.FeatureCount).Select(f => new[] { features[0, f] })]));
        Guarded("export", () => { context.Model.ConvertToOnnx(learned.Transformer, view, converted); return 0; }, cancellationToken);
        var output = ExportCheck.ScoreColumn(request.Task) + ".output";
        var model = new FittedModel(
            request.Task,
            request.Task == TaskKind.Regression ? [] : request.Classes,
            [.. fit.Transforms.Select(t => new ColumnSchema(t.Column, request.Train[t.Column].Type))],
            fit.Transforms,
            new GraphPredictor(outputs, converted.ToArray(), output));
        try
        {
            return OnnxExporter.Export(model);
        }
        catch (ArgumentException exception)
        {
            throw new LearnerRefusalException("export-unusable", $"{Name} cannot be exported: {exception.Message}");
        }
    }

    // ML.NET tells of bad options, of rows that it cannot use and of what it cannot convert by these.
    private T Guarded<T>(string what, Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            var result = work();
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or KeyNotFoundException or FormatException or NotSupportedException)
        {
            throw new LearnerRefusalException($"mlnet-{what}-failed", $"{Name} did not {what}: {exception.Message}");
        }
    }

    private static ActivityFailureException Refused(string code, string message) => new(new Failure(code, message, Retryable: false));
}
