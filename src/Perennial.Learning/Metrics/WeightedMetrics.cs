using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Metrics;

/// <summary>
/// The metrics of one set of labels and scores as functions of the rows' weights; NaN where undefined. What does not depend on the
/// weights (the order of the scores, each row's loss and predicted class) is computed once, so that a bootstrap, which only changes
/// weights, costs one pass a resample.
/// </summary>
internal sealed class WeightedMetrics
{
    // Keeps the log loss of a certain mistake finite, as libraries do.
    private const double SmallestProbability = 1e-15;

    private readonly TaskKind _task;
    private readonly double[] _labels;
    private readonly Scores _scores;
    private readonly double _threshold;
    private RankedScores? _ranked;

    public WeightedMetrics(TaskKind task, ReadOnlySpan<double> labels, Scores scores, double threshold)
    {
        if (scores.RowCount != labels.Length)
            throw new ArgumentException($"There are {labels.Length} labels and {scores.RowCount} rows of scores.");
        var classes = task == TaskKind.Binary ? 2 : scores.Outputs;
        foreach (var label in task == TaskKind.Regression ? [] : labels)
            if (!(label >= 0 && label < classes && label == Math.Floor(label)))
                throw new ArgumentException($"The label {label} is not a class index below {classes}.");
        (_task, _labels, _scores, _threshold) = (task, labels.ToArray(), scores, threshold);
    }

    public delegate double Evaluator(ReadOnlySpan<double> weights);

    public static double[] WeightsOrOnes(ReadOnlySpan<double> weights, int rows)
    {
        if (!weights.IsEmpty && weights.Length != rows) throw new ArgumentException($"There are {rows} rows and {weights.Length} weights.");
        if (!weights.IsEmpty) return weights.ToArray();
        var ones = new double[rows];
        Array.Fill(ones, 1.0);
        return ones;
    }

    /// <summary>The evaluator of a metric.</summary>
    /// <exception cref="ArgumentException">The task has no such metric.</exception>
    public Evaluator Prepare(string metric) => (_task, metric) switch
    {
        (TaskKind.Binary, "rocAuc") => Ranked.RocAuc,
        (TaskKind.Binary, "prAuc") => Ranked.AveragePrecision,
        (TaskKind.Binary, "brier") => Mean(row => Square(_scores.Values[row] - _labels[row])),
        (TaskKind.Binary, "calibrationError") => weights => CalibrationCurve.Of(_labels, _scores.Values, weights).Error,
        (TaskKind.Binary, "precision") => OfConfusion(m => m.Precision(1)),
        (TaskKind.Binary, "recall") => OfConfusion(m => m.Recall(1)),
        (TaskKind.Binary, "f1") => OfConfusion(m => m.F1(1)),
        (TaskKind.Multiclass, "rocAuc") => AgainstTheRest((ranked, weights) => ranked.RocAuc(weights)),
        (TaskKind.Multiclass, "prAuc") => AgainstTheRest((ranked, weights) => ranked.AveragePrecision(weights)),
        (TaskKind.Multiclass, "brier") => Mean(MulticlassBrier),
        (TaskKind.Multiclass, "calibrationError") => weights => CalibrationCurve.OfAnswers(_labels, _scores, weights).Error,
        (TaskKind.Multiclass, "macroPrecision") => OfConfusion(m => m.MacroPrecision),
        (TaskKind.Multiclass, "macroRecall") => OfConfusion(m => m.MacroRecall),
        (TaskKind.Multiclass, "macroF1") => OfConfusion(m => m.MacroF1),
        (TaskKind.Binary or TaskKind.Multiclass, "logLoss") => Mean(LogLoss),
        (TaskKind.Binary or TaskKind.Multiclass, "accuracy") => OfConfusion(m => m.Accuracy),
        (TaskKind.Binary or TaskKind.Multiclass, "balancedAccuracy") => OfConfusion(m => m.BalancedAccuracy),
        (TaskKind.Binary or TaskKind.Multiclass, "mcc") => OfConfusion(m => m.MatthewsCorrelation),
        (TaskKind.Regression, "rmse") => RootMeanSquare(),
        (TaskKind.Regression, "mae") => Mean(row => Math.Abs(_scores.Values[row] - _labels[row])),
        (TaskKind.Regression, "mape") => Mean(row => _labels[row] == 0 ? double.NaN : Math.Abs(_scores.Values[row] / _labels[row] - 1)),
        (TaskKind.Regression, "r2") => RSquared,
        (TaskKind.Regression, "quantileLoss10") => Mean(row => Pinball(row, 0.1)),
        (TaskKind.Regression, "quantileLoss50") => Mean(row => Pinball(row, 0.5)),
        (TaskKind.Regression, "quantileLoss90") => Mean(row => Pinball(row, 0.9)),
        _ => throw new ArgumentException($"The task {_task} has no metric '{metric}'."),
    };

    /// <summary>
    /// A metric with these weights, once. Areas of many classes are ranked one class after another, so that the memory does not grow with the
    /// classes; <see cref="Prepare"/> keeps every class's order for the resamples to come.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric.</exception>
    public double Value(string metric, double[] weights) => (_task, metric) switch
    {
        (TaskKind.Multiclass, "rocAuc") => MeanArea(AgainstTheRest(), (ranked, given) => ranked.RocAuc(given), weights),
        (TaskKind.Multiclass, "prAuc") => MeanArea(AgainstTheRest(), (ranked, given) => ranked.AveragePrecision(given), weights),
        _ => Prepare(metric)(weights),
    };

    private RankedScores Ranked => _ranked ??= new RankedScores(_labels, _scores.Values);

    private static double Square(double x) => x * x;

    private double LogLoss(int row)
    {
        var p = _task == TaskKind.Multiclass ? _scores.Row(row)[(int)_labels[row]]
            : _labels[row] == 1 ? _scores.Values[row] : 1 - _scores.Values[row];
        return -DeterministicMath.Log(Math.Clamp(p, SmallestProbability, 1));
    }

    private double MulticlassBrier(int row)
    {
        var sum = 0.0;
        for (var k = 0; k < _scores.Outputs; k++) sum += Square(_scores.Row(row)[k] - (k == _labels[row] ? 1 : 0));
        return sum;
    }

    /// <summary>What a value costs that is told as a quantile (Koenker and Bassett 1978).</summary>
    private double Pinball(int row, double level)
    {
        var above = _labels[row] - _scores.Values[row];
        return above >= 0 ? level * above : (level - 1) * above;
    }

    /// <summary>The mean over the classes for which the area is defined of that class against all others.</summary>
    private Evaluator AgainstTheRest(Func<RankedScores, double[], double> area)
    {
        var classes = AgainstTheRest().ToArray();
        return weights => MeanArea(classes, area, weights.ToArray());
    }

    // Each is ranked when it is asked for.
    private IEnumerable<RankedScores> AgainstTheRest() => Enumerable.Range(0, _scores.Outputs).Select(k => new RankedScores(
        [.. _labels.Select(label => label == k ? 1.0 : 0)], [.. Enumerable.Range(0, _labels.Length).Select(row => _scores.Row(row)[k])]));

    private static double MeanArea(IEnumerable<RankedScores> classes, Func<RankedScores, double[], double> area, double[] weights)
    {
        var areas = classes.Select(ranked => area(ranked, weights)).Where(value => !double.IsNaN(value)).ToArray();
        return areas.Length == 0 ? double.NaN : areas.Average();
    }

    /// <summary>The weighted mean of a loss a row; rows of weight 0 do not count, even where their loss is undefined.</summary>
    private Evaluator Mean(Func<int, double> loss)
    {
        var losses = new double[_labels.Length];
        for (var row = 0; row < losses.Length; row++) losses[row] = loss(row);
        return weights =>
        {
            double sum = 0, total = 0;
            for (var row = 0; row < losses.Length; row++)
            {
                if (weights[row] == 0) continue;
                sum += weights[row] * losses[row];
                total += weights[row];
            }
            return total > 0 ? sum / total : double.NaN;
        };
    }

    private Evaluator RootMeanSquare()
    {
        var mean = Mean(row => Square(_scores.Values[row] - _labels[row]));
        return weights => Math.Sqrt(mean(weights));
    }

    private Evaluator OfConfusion(Func<ConfusionMatrix, double> value)
    {
        var classes = _task == TaskKind.Binary ? 2 : _scores.Outputs;
        var predicted = ConfusionMatrix.PredictedClasses(_task, _scores, _threshold);
        return weights => value(ConfusionMatrix.Count(classes, _labels, predicted, weights));
    }

    /// <summary>1 - residual / total sum of squares about the weighted mean; undefined for a constant label.</summary>
    private double RSquared(ReadOnlySpan<double> weights)
    {
        double sum = 0, total = 0;
        for (var row = 0; row < _labels.Length; row++)
        {
            sum += weights[row] * _labels[row];
            total += weights[row];
        }
        double residual = 0, spread = 0;
        for (var row = 0; row < _labels.Length; row++)
        {
            residual += weights[row] * Square(_labels[row] - _scores.Values[row]);
            spread += weights[row] * Square(_labels[row] - sum / total);
        }
        return spread > 0 ? 1 - residual / spread : double.NaN;
    }
}
