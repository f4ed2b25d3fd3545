using Perennial.Learning.Features;
using Perennial.Learning.Linear;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Models;

/// <summary>The learners' parameters by name: what can be searched, what else can be set, and the options they stand for.</summary>
internal static class LearnerParameters
{
    /// <summary>What a search looks through, by learner.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<ParameterRange>> Spaces =
        new Dictionary<string, IReadOnlyList<ParameterRange>>(StringComparer.Ordinal)
        {
            [ModelTraining.Baseline] = [],
            [ModelTraining.Linear] = [new("l2", 1e-5, 10, 1e-3, Log: true), new("l1Ratio", 0, 1, 0)],
            [ModelTraining.BoostedTrees] =
            [
                new("learningRate", 0.02, 0.3, 0.08, Log: true),
                new("leaves", 4, 63, 15, Log: true, Integer: true),
                new("minChildRows", 5, 100, 20, Log: true, Integer: true),
                new("l2", 0.01, 30, 1, Log: true),
                new("columnSampling", 0.4, 1, 0.8),
                new("rowSampling", 0.5, 1, 1),
            ],
        };

    // With fewer rows sets of levels fit noise: on some thousand bird strikes one level against the rest did better on later rows.
    private const int EnoughForSets = 32_768;

    // Can be set but is not worth searching: early stopping finds the number of rounds.
    private static readonly Dictionary<string, string[]> Others = new(StringComparer.Ordinal)
    {
        [ModelTraining.Baseline] = ["newestRows"],
        [ModelTraining.Linear] = ["maxIterations", "minLevelCount", "maxLevels", "minTermRows", "maxTerms"],
        [ModelTraining.BoostedTrees] =
        [
            "rounds", "earlyStoppingRounds", "maxBins", "minChildWeight", "minLevelCount", "l1", "levelSmoothing", "minLevelRows", "levelSets",
            "absoluteLoss", "quantile", "poissonLoss", "balanceClasses", "positiveWeight",
        ],
    };

    /// <summary>What begins the name of a constraint on a column: <c>monotone.</c> and the column's name, 1 or -1.</summary>
    public const string Monotone = "monotone.";

    /// <summary>Refuses names that the learner does not know.</summary>
    /// <exception cref="ModelTrainingException">There is such a name.</exception>
    public static void Check(string learner, IReadOnlyDictionary<string, double> parameters, IReadOnlyList<string> columns)
    {
        var known = Known(learner).ToArray();
        foreach (var name in parameters.Keys.Order(StringComparer.Ordinal))
            if (!known.Contains(name, StringComparer.Ordinal) && !(learner == ModelTraining.BoostedTrees && IsConstraint(name, columns)))
                throw new ModelTrainingException("parameter-unknown", known.Length == 0
                    ? $"The learner '{learner}' has no parameters, so not '{name}' either."
                    : $"The learner '{learner}' has no parameter '{name}'; it has {string.Join(", ", known)}.");
    }

    /// <summary>The names of a learner's parameters, those of its space first.</summary>
    public static IEnumerable<string> Known(string learner) => Spaces[learner].Select(r => r.Name).Concat(Others[learner]);

    private static bool IsConstraint(string name, IReadOnlyList<string> columns) =>
        name.StartsWith(Monotone, StringComparison.Ordinal) && columns.Contains(name[Monotone.Length..], StringComparer.Ordinal);

    /// <summary>The options of boosted trees, but for what depends on the rows.</summary>
    public static BoostedTreesOptions ForTrees(TrainingSpec spec)
    {
        double Value(string name, double otherwise) => Get(spec, name) ?? otherwise;
        return new BoostedTreesOptions
        {
            Rounds = Whole("rounds", Value("rounds", spec.Validation is null ? 100 : 400)),
            Leaves = Whole("leaves", Value("leaves", double.NaN)),
            LearningRate = Value("learningRate", double.NaN),
            L1 = Value("l1", 0),
            L2 = Value("l2", double.NaN),
            LevelSmoothing = Value("levelSmoothing", 1),
            LevelSets = Switch("levelSets", Value("levelSets", spec.Train.RowCount >= EnoughForSets ? 1 : 0)),
            MinLevelRows = Whole("minLevelRows", Value("minLevelRows", 20)),
            Loss = LossOf(spec),
            Quantile = Value("quantile", 0.5),
            MinChildRows = Whole("minChildRows", Value("minChildRows", double.NaN)),
            MinChildWeight = Value("minChildWeight", 1e-3),
            MaxBins = Whole("maxBins", Value("maxBins", 255)),
            ColumnSampling = Value("columnSampling", double.NaN),
            RowSampling = Value("rowSampling", double.NaN),
            EarlyStoppingRounds = Whole("earlyStoppingRounds", Value("earlyStoppingRounds", 30)),
            Seed = spec.Seed,
            Threads = spec.Threads,
        };
    }

    /// <summary>
    /// What the weights of a class's rows are multiplied with: with <c>balanceClasses</c> 1 what makes all classes weigh the same (the mean
    /// weight stays), with <c>positiveWeight</c> that factor for the positive class.
    /// </summary>
    public static IReadOnlyList<double> ClassWeights(TrainingSpec spec, TrainingTargets targets)
    {
        var (balance, positive) = (Get(spec, "balanceClasses") ?? 0, Get(spec, "positiveWeight") ?? 1);
        if (balance is not (0 or 1) || (balance == 1 && spec.Task == TaskKind.Regression)) throw Impossible("balanceClasses", balance);
        if (!(positive > 0) || double.IsInfinity(positive) || (positive != 1 && spec.Task != TaskKind.Binary)) throw Impossible("positiveWeight", positive);
        if (balance == 0 && positive == 1) return [];
        var sums = new double[spec.Classes.Count];
        for (var row = 0; row < targets.RowCount; row++) sums[(int)targets.Values[row]] += targets.Weights[row];
        var factors = new double[sums.Length];
        for (var k = 0; k < factors.Length; k++) factors[k] = balance == 0 ? 1 : sums[k] == 0 ? 0 : sums.Sum() / (sums.Length * sums[k]);
        if (positive != 1) factors[1] *= positive;
        return factors;
    }

    /// <summary>One constraint a feature, from the parameters that name a column; empty when there are none.</summary>
    public static IReadOnlyList<int> MonotoneOf(TrainingSpec spec, IReadOnlyList<FittedTransform> transforms)
    {
        if (spec.Parameters.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => name.StartsWith(Monotone, StringComparison.Ordinal)) is not { } first) return [];
        if (spec.Task == TaskKind.Multiclass || LossOf(spec) is RegressionLoss.Absolute or RegressionLoss.Quantile)
            throw new ModelTrainingException("parameter-impossible", $"The parameter '{first}' cannot hold: several classes, the absolute and the quantile loss cannot be monotone.");
        return [.. transforms.SelectMany(transform => transform.FeatureNames.Select(_ => Direction(spec, transform)))];
    }

    private static int Direction(TrainingSpec spec, FittedTransform transform)
    {
        if (!spec.Parameters.TryGetValue(Monotone + transform.Column, out var direction) || direction == 0) return 0;
        return direction is 1 or -1 && transform is (NumberAsIs or BooleanAsIs) ? (int)direction : throw Impossible(Monotone + transform.Column, direction);
    }

    private static RegressionLoss LossOf(TrainingSpec spec)
    {
        var chosen = new List<RegressionLoss>();
        if (Get(spec, "absoluteLoss") is { } absolute && absolute != 0) Choose("absoluteLoss", absolute, RegressionLoss.Absolute);
        if (Get(spec, "poissonLoss") is { } poisson && poisson != 0) Choose("poissonLoss", poisson, RegressionLoss.Poisson);
        if (Get(spec, "quantile") is { } quantile) Choose("quantile", quantile is > 0 and < 1 ? 1 : quantile, RegressionLoss.Quantile);
        return chosen.Count == 0 ? RegressionLoss.Squared : chosen[0];

        void Choose(string name, double value, RegressionLoss loss)
        {
            if (value != 1 || spec.Task != TaskKind.Regression || chosen.Count > 0) throw Impossible(name, spec.Parameters[name]);
            chosen.Add(loss);
        }
    }

    /// <summary>
    /// The options of linear models. <c>l2</c> is the weight of the whole penalty and <c>l1Ratio</c> the share of it that is on magnitudes
    /// instead of squares: 0 is ridge, 1 the lasso, between them the elastic net.
    /// </summary>
    public static LinearOptions ForLinear(TrainingSpec spec)
    {
        var (penalty, share) = (Get(spec, "l2")!.Value, Get(spec, "l1Ratio")!.Value);
        if (!(penalty >= 0) || double.IsInfinity(penalty)) throw Impossible("l2", penalty);
        if (share is not (>= 0 and <= 1)) throw Impossible("l1Ratio", share);
        var options = new LinearOptions
        {
            L2 = penalty * (1 - share),
            L1 = penalty * share,
            MaxIterations = Whole("maxIterations", Get(spec, "maxIterations") ?? 500),
            Threads = spec.Threads,
        };
        return options.MaxIterations < 1 ? throw Impossible("maxIterations", options.MaxIterations) : options;
    }

    /// <summary>How many of the newest rows the baseline goes by; 0 is all.</summary>
    public static int NewestRows(TrainingSpec spec) => Whole("newestRows", Get(spec, "newestRows") ?? 0);

    /// <summary>How features of linear models are made.</summary>
    public static FeatureOptions LinearFeatures(TrainingSpec spec)
    {
        var usual = FeatureOptions.ForLinear;
        int Among(string name, int otherwise, int least, int most) =>
            Whole(name, Get(spec, name) ?? otherwise) is var value && value >= least && value <= most ? value : throw Impossible(name, value);
        return usual with
        {
            MinLevelCount = MinLevelCount(spec, usual.MinLevelCount),
            MaxLevels = Among("maxLevels", usual.MaxLevels, 1, FeatureOptions.MostLevels),
            MinTermRows = Among("minTermRows", usual.MinTermRows, 1, int.MaxValue),
            MaxTerms = Among("maxTerms", usual.MaxTerms, 1, FeatureOptions.MostLevels),
        };
    }

    /// <summary>The least number of training rows of a level of its own.</summary>
    public static int MinLevelCount(TrainingSpec spec, int otherwise) => Whole("minLevelCount", Get(spec, "minLevelCount") ?? otherwise);

    /// <summary>A parameter's value is outside what the learner can do.</summary>
    public static ModelTrainingException Impossible(string name, object? value) => new("parameter-impossible",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The parameter '{name}' cannot be {value}."));

    private static double? Get(TrainingSpec spec, string name) => spec.Parameters.TryGetValue(name, out var value)
        ? value
        : Spaces[spec.Learner].FirstOrDefault(r => r.Name == name)?.Default;

    private static bool Switch(string name, double value) => value is 0 or 1 ? value == 1 : throw Impossible(name, value);

    private static int Whole(string name, double value) => value is >= 0 and <= int.MaxValue && Math.Floor(value) == value
        ? (int)value
        : throw Impossible(name, value);
}
