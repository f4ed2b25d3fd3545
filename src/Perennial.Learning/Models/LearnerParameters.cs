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
            [ModelTraining.Linear] = [new("l2", 1e-5, 10, 1e-3, Log: true)],
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

    // Can be set but is not worth searching: early stopping finds the number of rounds.
    private static readonly Dictionary<string, string[]> Others = new(StringComparer.Ordinal)
    {
        [ModelTraining.Baseline] = [],
        [ModelTraining.Linear] = ["maxIterations", "minLevelCount"],
        [ModelTraining.BoostedTrees] = ["rounds", "earlyStoppingRounds", "maxBins", "minChildWeight", "minLevelCount"],
    };

    /// <summary>Refuses names that the learner does not know.</summary>
    /// <exception cref="ModelTrainingException">There is such a name.</exception>
    public static void Check(string learner, IReadOnlyDictionary<string, double> parameters)
    {
        var known = Spaces[learner].Select(r => r.Name).Concat(Others[learner]).ToArray();
        foreach (var name in parameters.Keys.Order(StringComparer.Ordinal))
            if (!known.Contains(name, StringComparer.Ordinal))
                throw new ModelTrainingException("parameter-unknown", known.Length == 0
                    ? $"The learner '{learner}' has no parameters, so not '{name}' either."
                    : $"The learner '{learner}' has no parameter '{name}'; it has {string.Join(", ", known)}.");
    }

    /// <summary>The options of boosted trees.</summary>
    public static BoostedTreesOptions ForTrees(TrainingSpec spec)
    {
        double Value(string name, double otherwise) => Get(spec, name) ?? otherwise;
        return new BoostedTreesOptions
        {
            Rounds = Whole("rounds", Value("rounds", spec.Validation is null ? 100 : 400)),
            Leaves = Whole("leaves", Value("leaves", double.NaN)),
            LearningRate = Value("learningRate", double.NaN),
            L2 = Value("l2", double.NaN),
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

    /// <summary>The options of linear models.</summary>
    public static LinearOptions ForLinear(TrainingSpec spec)
    {
        var options = new LinearOptions
        {
            L2 = Get(spec, "l2")!.Value,
            MaxIterations = Whole("maxIterations", Get(spec, "maxIterations") ?? 500),
            Threads = spec.Threads,
        };
        if (!(options.L2 >= 0) || double.IsInfinity(options.L2)) throw Impossible("l2", options.L2);
        if (options.MaxIterations < 1) throw Impossible("maxIterations", options.MaxIterations);
        return options;
    }

    /// <summary>The least number of training rows of a level of its own.</summary>
    public static int MinLevelCount(TrainingSpec spec, int otherwise) => Whole("minLevelCount", Get(spec, "minLevelCount") ?? otherwise);

    /// <summary>A parameter's value is outside what the learner can do.</summary>
    public static ModelTrainingException Impossible(string name, object? value) => new("parameter-impossible",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The parameter '{name}' cannot be {value}."));

    private static double? Get(TrainingSpec spec, string name) => spec.Parameters.TryGetValue(name, out var value)
        ? value
        : Spaces[spec.Learner].FirstOrDefault(r => r.Name == name)?.Default;

    private static int Whole(string name, double value) => value is >= 0 and <= int.MaxValue && Math.Floor(value) == value
        ? (int)value
        : throw Impossible(name, value);
}
