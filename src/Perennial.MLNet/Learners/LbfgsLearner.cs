using Microsoft.ML;
using Microsoft.ML.Trainers;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.MLNet.Learners;

/// <summary>Linear models by L-BFGS: logistic regression, maximum entropy and, for a regression, Poisson's, whose label is at least 0.</summary>
internal sealed class LbfgsLearner : MLNetLearner
{
    private static readonly SearchParameter[] Parameters =
    [
        new("l2", 1e-4, 100, 1, Logarithmic: true),
        new("l1", 0, 10, 0),
    ];

    public override string Name => "mlnet-lbfgs";

    public override IReadOnlyList<SearchParameter>? Space(TaskKind task) => Parameters;

    public override FittedLearner Fit(LearnerInput input)
    {
        switch (input.Task)
        {
            case TaskKind.Binary:
                var binary = new LbfgsLogisticRegressionBinaryTrainer.Options { LabelColumnName = nameof(FeatureRow.Truth), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (binary.L2Regularization, binary.L1Regularization) = (input.Single("l2"), input.Single("l1"));
                (binary.FeatureColumnName, binary.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var truth = input.Context.BinaryClassification.Trainers.LbfgsLogisticRegression(binary).Fit(input.Rows);
                return new FittedLearner(truth, Weights: LinearWeights.Of(truth.Model.SubModel));
            case TaskKind.Multiclass:
                var several = new LbfgsMaximumEntropyMulticlassTrainer.Options { LabelColumnName = nameof(FeatureRow.Class), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (several.L2Regularization, several.L1Regularization) = (input.Single("l2"), input.Single("l1"));
                (several.FeatureColumnName, several.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var classes = input.Context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(several).Fit(input.Rows);
                return new FittedLearner(classes, Weights: LinearWeights.Of(classes.Model));
            default:
                if (input.LeastLabel < 0) throw new LearnerRefusalException("label-negative", $"A label is {input.LeastLabel}; the regression of {Name} is Poisson's, whose label is at least 0.");
                var number = new LbfgsPoissonRegressionTrainer.Options { LabelColumnName = nameof(FeatureRow.Value), ExampleWeightColumnName = nameof(FeatureRow.Weight) };
                (number.L2Regularization, number.L1Regularization) = (input.Single("l2"), input.Single("l1"));
                (number.FeatureColumnName, number.NumberOfThreads) = (nameof(FeatureRow.Features), 1);
                var value = input.Context.Regression.Trainers.LbfgsPoissonRegression(number).Fit(input.Rows);
                return new FittedLearner(value, Weights: LinearWeights.Of(value.Model));
        }
    }
}
