using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Core.Training;

/// <summary>The learners that every host has, as trainers: <c>baseline</c>, <c>linear</c>, <c>boosted-trees</c>.</summary>
public sealed class BuiltInTrainer(string learner) : ITrainer
{
    /// <summary>One of each.</summary>
    public static IReadOnlyList<ITrainer> All { get; } = [.. ModelTraining.Learners.Select(name => new BuiltInTrainer(name))];

    /// <inheritdoc/>
    public string Name => learner;

    /// <inheritdoc/>
    public IReadOnlyList<SearchParameter>? Space(TaskKind task) =>
        [.. ModelTraining.Space(learner).Select(p => new SearchParameter(p.Name, p.Low, p.High, p.Default, p.Log, p.Integer))];

    /// <inheritdoc/>
    public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var result = ModelTraining.Train(
                new TrainingSpec
                {
                    Learner = learner,
                    Task = request.Task,
                    Train = request.Train,
                    Validation = request.Validation,
                    Label = request.Label,
                    Classes = request.Classes,
                    Weight = request.Weight,
                    Features = request.Features,
                    Parameters = request.Parameters,
                    Seed = request.Seed,
                },
                cancellationToken);
            return new TrainedModel(OnnxExporter.Export(result.Model), result.ImportanceByColumn, result.Facts);
        }
        catch (ModelTrainingException refusal)
        {
            throw new ActivityFailureException(new Failure(refusal.Code, refusal.Message, Retryable: false));
        }
    }
}
