using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.MLNet.Learners;

/// <summary>LightGBM through ML.NET. Needs LightGBM's native library, which the package brings, and OpenMP's, which it does not.</summary>
internal sealed class LightGbmLearner : MLNetLearner
{
    private static readonly SearchParameter[] Parameters =
    [
        new("trees", 20, 500, 100, Logarithmic: true, Integer: true),
        new("leaves", 4, 63, 31, Logarithmic: true, Integer: true),
        new("minChildRows", 5, 100, 20, Logarithmic: true, Integer: true),
        new("learningRate", 0.02, 0.3, 0.1, Logarithmic: true),
    ];

    // Left to itself LightGBM makes categorical splits of indicators when there are many rows. The converter leaves them out without a
    // word, and the graph scores rows wrong.
    private const bool CategoricalSplits = false;

    public override string Name => "mlnet-lightgbm";

    public override IReadOnlyList<SearchParameter>? Space(TaskKind task) => Parameters;

    public override FittedLearner Fit(LearnerInput input)
    {
        switch (input.Task)
        {
            case TaskKind.Binary:
                var binary = input.Context.BinaryClassification.Trainers.LightGbm(Binary(input)).Fit(input.Rows);
                return new FittedLearner(binary, TreeGains.Of(binary.Model.SubModel.TrainedTreeEnsemble));
            case TaskKind.Multiclass:
                return new FittedLearner(input.Context.MulticlassClassification.Trainers.LightGbm(Multiclass(input)).Fit(input.Rows));
            default:
                var regression = input.Context.Regression.Trainers.LightGbm(Regression(input)).Fit(input.Rows);
                return new FittedLearner(regression, TreeGains.Of(regression.Model.TrainedTreeEnsemble));
        }
    }

    private static LightGbmBinaryTrainer.Options Binary(LearnerInput input) => new()
    {
        LabelColumnName = nameof(FeatureRow.Truth),
        FeatureColumnName = nameof(FeatureRow.Features),
        ExampleWeightColumnName = nameof(FeatureRow.Weight),
        NumberOfIterations = input.Whole("trees"),
        NumberOfLeaves = input.Whole("leaves"),
        MinimumExampleCountPerLeaf = input.Whole("minChildRows"),
        LearningRate = input.Parameter("learningRate"),
        UseCategoricalSplit = CategoricalSplits,
        NumberOfThreads = 1,
        Deterministic = true,
        ForceColumnWise = true,
        Seed = input.Seed,
    };

    private static LightGbmMulticlassTrainer.Options Multiclass(LearnerInput input) => new()
    {
        LabelColumnName = nameof(FeatureRow.Class),
        FeatureColumnName = nameof(FeatureRow.Features),
        ExampleWeightColumnName = nameof(FeatureRow.Weight),
        // The loss of all classes together; else each class is one against all, with a loss of its own.
        UseSoftmax = true,
        NumberOfIterations = input.Whole("trees"),
        NumberOfLeaves = input.Whole("leaves"),
        MinimumExampleCountPerLeaf = input.Whole("minChildRows"),
        LearningRate = input.Parameter("learningRate"),
        UseCategoricalSplit = CategoricalSplits,
        NumberOfThreads = 1,
        Deterministic = true,
        ForceColumnWise = true,
        Seed = input.Seed,
    };

    private static LightGbmRegressionTrainer.Options Regression(LearnerInput input) => new()
    {
        LabelColumnName = nameof(FeatureRow.Value),
        FeatureColumnName = nameof(FeatureRow.Features),
        ExampleWeightColumnName = nameof(FeatureRow.Weight),
        NumberOfIterations = input.Whole("trees"),
        NumberOfLeaves = input.Whole("leaves"),
        MinimumExampleCountPerLeaf = input.Whole("minChildRows"),
        LearningRate = input.Parameter("learningRate"),
        UseCategoricalSplit = CategoricalSplits,
        NumberOfThreads = 1,
        Deterministic = true,
        ForceColumnWise = true,
        Seed = input.Seed,
    };
}
