using Perennial.Learning.Baselines;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Linear;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Models;

/// <summary>
/// From rows to a fitted model. Deterministic: equal specs give equal models, bit for bit, whatever the number of threads.
/// </summary>
public static class ModelTraining
{
    /// <summary>The constant: class shares or the mean, of all rows or of the newest.</summary>
    public const string Baseline = "baseline";

    /// <summary>Logistic or linear regression.</summary>
    public const string Linear = "linear";

    /// <summary>Histogram gradient-boosted trees.</summary>
    public const string BoostedTrees = "boosted-trees";

    /// <summary>The names of all learners, the simplest first. Each can do every task.</summary>
    public static IReadOnlyList<string> Learners { get; } = [Baseline, Linear, BoostedTrees];

    /// <summary>What may be searched for a learner.</summary>
    /// <exception cref="ModelTrainingException">There is no such learner.</exception>
    public static IReadOnlyList<ParameterRange> Space(string learner) =>
        LearnerParameters.Spaces.TryGetValue(learner, out var space) ? space : throw UnknownLearner(learner);

    /// <summary>Trains one model.</summary>
    /// <exception cref="ModelTrainingException">The spec or its rows cannot be trained on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, between rounds or iterations.</exception>
    public static TrainingResult Train(TrainingSpec spec, CancellationToken cancellationToken)
    {
        Check(spec);
        var targets = TrainingTargets.Read(spec.Task, spec.Train, spec.Label, spec.Classes, spec.Weight);
        CheckVaries(spec, targets);
        return spec.Learner switch
        {
            Baseline => TrainBaseline(spec, targets),
            Linear => TrainLinear(spec, targets, cancellationToken),
            BoostedTrees => TrainTrees(spec, targets, cancellationToken),
            _ => throw UnknownLearner(spec.Learner),
        };
    }

    private static void Check(TrainingSpec spec)
    {
        if (!Learners.Contains(spec.Learner, StringComparer.Ordinal)) throw UnknownLearner(spec.Learner);
        LearnerParameters.Check(spec.Learner, spec.Parameters, spec.Features);
        if (spec.Train.RowCount == 0) throw new ModelTrainingException("no-rows", "There are no training rows.");
        foreach (var feature in spec.Features)
        {
            if (feature == spec.Label || feature == spec.Weight)
                throw new ModelTrainingException("feature-is-label",
                    $"Column '{feature}' is the {(feature == spec.Label ? "label" : "weight")} and cannot be a feature.");
            var column = spec.Train.Find(feature)
                ?? throw new ModelTrainingException("feature-missing", $"The training rows have no column '{feature}'.");
            if (spec.Validation is { } validation && validation.Find(feature)?.Type != column.Type)
                throw new ModelTrainingException("feature-missing",
                    $"The validation rows have no column '{feature}' of the type {column.Type}, as the training rows do.");
        }
    }

    private static void CheckVaries(TrainingSpec spec, TrainingTargets targets)
    {
        var counted = Enumerable.Range(0, targets.RowCount).Where(row => targets.Weights[row] > 0).ToArray();
        if (counted.Length == 0) throw new ModelTrainingException("weight-impossible", $"Every weight in column '{spec.Weight}' is 0.");
        if (counted.All(row => targets.Values[row] == targets.Values[counted[0]]))
            throw new ModelTrainingException("label-constant",
                $"The label '{spec.Label}' is '{spec.Train[spec.Label].Format(counted[0])}' in every training row; there is nothing to learn.");
    }

    private static TrainingResult TrainBaseline(TrainingSpec spec, TrainingTargets targets)
    {
        var rows = LearnerParameters.NewestRows(spec);
        var facts = new Dictionary<string, double>();
        if (rows > 0) facts["newestRows"] = rows;
        return Constant(spec, BaselineTrainer.Train(targets, rows), [], facts);
    }

    private static TrainingResult TrainLinear(TrainingSpec spec, TrainingTargets targets, CancellationToken cancellationToken)
    {
        var options = LearnerParameters.ForLinear(spec);
        var fit = FeatureFitting.Fit(spec.Train, spec.Features, LearnerParameters.LinearFeatures(spec), cancellationToken);
        if (fit.Transforms.Count == 0) return Constant(spec, BaselineTrainer.Train(targets), fit.Ignored, new Dictionary<string, double>());
        var rows = FeatureEncoding.ApplySparse(fit.Transforms, spec.Train);
        var fitted = spec.Task == TaskKind.Regression
            ? LinearRegressionTrainer.Train(rows, targets, options, cancellationToken)
            : LogisticRegressionTrainer.Minimize(rows, targets, options, cancellationToken);
        var facts = new Dictionary<string, double>
        {
            ["features"] = rows.FeatureCount,
            ["iterations"] = fitted.Iterations,
            ["converged"] = fitted.Converged ? 1 : 0,
        };
        var importance = Importance.OfLinear(fit.Transforms, fitted.Predictor, rows);
        return new TrainingResult(ModelOf(spec, fit.Transforms, fitted.Predictor), importance, facts, fit.Ignored);
    }

    private static TrainingResult TrainTrees(TrainingSpec spec, TrainingTargets targets, CancellationToken cancellationToken)
    {
        var options = LearnerParameters.ForTrees(spec);
        try
        {
            options.Check();
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // Parameters are named like the options that they stand for, but for the first letter.
            throw LearnerParameters.Impossible(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(exception.ParamName ?? ""), exception.ActualValue);
        }
        var features = FeatureOptions.ForTrees;
        features = features with { MinLevelCount = LearnerParameters.MinLevelCount(spec, features.MinLevelCount) };
        var fit = FeatureFitting.Fit(spec.Train, spec.Features, features, cancellationToken);
        if (fit.Transforms.Count == 0) return Constant(spec, BaselineTrainer.Train(targets), fit.Ignored, new Dictionary<string, double>());
        var levelCodes = fit.Transforms.SelectMany(t => t.FeatureNames.Select(_ => t is LevelCode level ? level.Levels.Count + 2 : 0)).ToArray();
        options = options with { Monotone = LearnerParameters.MonotoneOf(spec, fit.Transforms), ClassWeights = LearnerParameters.ClassWeights(spec, targets) };
        var result = BoostedTreesTrainer.Train(
            FeatureEncoding.Apply(fit.Transforms, spec.Train), targets, levelCodes, Held(spec, fit.Transforms), options, cancellationToken);
        var facts = new Dictionary<string, double> { ["features"] = levelCodes.Length, ["rounds"] = result.Rounds, ["roundsTried"] = result.RoundsTried };
        if (result.ValidationLosses.Count > 0) facts["validationLoss"] = result.ValidationLosses[result.Rounds];
        if (result.Predictor.Trees.All(tree => tree.Feature.Length == 1)) return WithLink(Constant(spec, new ConstantPredictor(result.Predictor.BaseMargins), fit.Ignored, facts), options);
        var importance = Importance.OfTrees(fit.Transforms, result.Predictor);
        return WithLink(new TrainingResult(ModelOf(spec, fit.Transforms, result.Predictor), importance, facts, fit.Ignored), options);
    }

    private static TrainingResult WithLink(TrainingResult result, BoostedTreesOptions options) =>
        options.Loss == RegressionLoss.Poisson ? result with { Model = result.Model with { LogMargin = true } } : result;

    private static (FeatureMatrix, TrainingTargets)? Held(TrainingSpec spec, IReadOnlyList<FittedTransform> transforms)
    {
        if (spec.Validation is not { RowCount: > 0 } validation) return null;
        var targets = TrainingTargets.Read(spec.Task, validation, spec.Label, spec.Classes, spec.Weight);
        return targets.TotalWeight() > 0 ? (FeatureEncoding.Apply(transforms, validation), targets) : null;
    }

    // A constant reads nothing, but its inputs say what a caller sends: the same columns as to any other candidate.
    private static TrainingResult Constant(
        TrainingSpec spec, ConstantPredictor constant, IReadOnlyList<IgnoredColumn> ignored, IReadOnlyDictionary<string, double> facts) => new(
        new FittedModel(spec.Task, ClassesOf(spec), [.. spec.Features.Select(f => new ColumnSchema(f, spec.Train[f].Type))], [], constant),
        new Dictionary<string, double>(), facts, ignored);

    private static FittedModel ModelOf(TrainingSpec spec, IReadOnlyList<FittedTransform> transforms, FittedPredictor predictor) => new(
        spec.Task, ClassesOf(spec), [.. transforms.Select(t => new ColumnSchema(t.Column, spec.Train[t.Column].Type))], transforms, predictor);

    private static IReadOnlyList<string> ClassesOf(TrainingSpec spec) => spec.Task == TaskKind.Regression ? [] : spec.Classes;

    private static ModelTrainingException UnknownLearner(string learner) =>
        new("learner-unknown", $"There is no learner '{learner}'; there are {string.Join(", ", Learners)}.");
}
