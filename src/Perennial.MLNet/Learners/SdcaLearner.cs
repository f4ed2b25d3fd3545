using Microsoft.ML;
using Microsoft.ML.Trainers;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.MLNet.Learners;

/// <summary>Linear models by stochastic dual coordinate ascent.</summary>
internal sealed class SdcaLearner : MLNetLearner
{
    private static readonly SearchParameter[] Parameters =
    [
        new("l2", 1e-6, 1, 1e-4, Logarithmic: true),
        new("l1", 0, 1, 0),
        new("iterations", 10, 100, 20, Logarithmic: true, Integer: true),
    ];

    public override string Name => "mlnet-sdca";

    public override IReadOnlyList<SearchParameter>? Space(TaskKind task) => Parameters;

    public override FittedLearner Fit(LearnerInput input)
    {
        switch (input.Task)
        {
            case TaskKind.Binary:
                var binary = new SdcaLogisticRegressionBinaryTrainer.Options { LabelColumnName = nameof(FeatureRow.Truth), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (binary.L2Regularization, binary.L1Regularization, binary.MaximumNumberOfIterations) = (input.Single("l2"), input.Single("l1"), input.Whole("iterations"));
                (binary.FeatureColumnName, binary.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var truth = input.Context.BinaryClassification.Trainers.SdcaLogisticRegression(binary).Fit(input.Rows);
                return new FittedLearner(truth, Weights: LinearWeights.Of(truth.Model.SubModel));
            case TaskKind.Multiclass:
                var several = new SdcaMaximumEntropyMulticlassTrainer.Options { LabelColumnName = nameof(FeatureRow.Class), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (several.L2Regularization, several.L1Regularization, several.MaximumNumberOfIterations) = (input.Single("l2"), input.Single("l1"), input.Whole("iterations"));
                (several.FeatureColumnName, several.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var classes = input.Context.MulticlassClassification.Trainers.SdcaMaximumEntropy(several).Fit(input.Rows);
                return new FittedLearner(classes, Weights: LinearWeights.Of(classes.Model));
            default:
                var number = new SdcaRegressionTrainer.Options { LabelColumnName = nameof(FeatureRow.Value), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (number.L2Regularization, number.L1Regularization, number.MaximumNumberOfIterations) = (input.Single("l2"), input.Single("l1"), input.Whole("iterations"));
                (number.FeatureColumnName, number.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var value = input.Context.Regression.Trainers.Sdca(number).Fit(input.Rows);
                return new FittedLearner(value, Weights: LinearWeights.Of(value.Model));
        }
    }
}
