using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.MLNet.Learners;

/// <summary>ML.NET's own boosted trees. Of several classes each has an ensemble that tells it from all others; their probabilities are scaled to sum to 1.</summary>
internal sealed class FastTreeLearner : MLNetLearner
{
    private static readonly SearchParameter[] Parameters =
    [
        new("trees", 20, 500, 100, Logarithmic: true, Integer: true),
        new("leaves", 4, 63, 20, Logarithmic: true, Integer: true),
        new("minChildRows", 5, 100, 10, Logarithmic: true, Integer: true),
        new("learningRate", 0.02, 0.4, 0.2, Logarithmic: true),
    ];

    public override string Name => "mlnet-fasttree";

    public override IReadOnlyList<SearchParameter>? Space(TaskKind task) => Parameters;

    public override FittedLearner Fit(LearnerInput input)
    {
        if (input.Task == TaskKind.Binary)
        {
            var binary = input.Context.BinaryClassification.Trainers.FastTree(Set(new FastTreeBinaryTrainer.Options(), nameof(FeatureRow.Truth), input)).Fit(input.Rows);
            return new FittedLearner(binary, TreeGains.Of(binary.Model.SubModel.TrainedTreeEnsemble));
        }
        if (input.Task == TaskKind.Multiclass)
        {
            var one = input.Context.BinaryClassification.Trainers.FastTree(Set(new FastTreeBinaryTrainer.Options(), nameof(FeatureRow.Class), input));
            return new FittedLearner(input.Context.MulticlassClassification.Trainers.OneVersusAll(one, nameof(FeatureRow.Class)).Fit(input.Rows));
        }
        var regression = input.Context.Regression.Trainers.FastTree(Set(new FastTreeRegressionTrainer.Options(), nameof(FeatureRow.Value), input)).Fit(input.Rows);
        return new FittedLearner(regression, TreeGains.Of(regression.Model.TrainedTreeEnsemble));
    }

    private static T Set<T>(T options, string label, LearnerInput input) where T : BoostedTreeOptions
    {
        options.LabelColumnName = label;
        options.FeatureColumnName = nameof(FeatureRow.Features);
        options.ExampleWeightColumnName = nameof(FeatureRow.Weight);
        options.NumberOfTrees = input.Whole("trees");
        options.NumberOfLeaves = input.Whole("leaves");
        options.MinimumExampleCountPerLeaf = input.Whole("minChildRows");
        options.LearningRate = input.Parameter("learningRate");
        options.NumberOfThreads = 1;
        options.Seed = options.FeatureSelectionSeed = input.Seed;
        // The converter writes no categorical splits, and says nothing of it.
        options.CategoricalSplit = false;
        return options;
    }
}
