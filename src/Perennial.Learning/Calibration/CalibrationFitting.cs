using System.Globalization;
using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Calibration;

/// <summary>
/// Fits calibrations on rows that the scores were not trained on, and chooses among them by cross-fitting: each way is fitted on four
/// fifths of the rows and measured on the fifth, five times. Deterministic.
/// </summary>
public static class CalibrationFitting
{
    /// <summary>With fewer rows nothing is calibrated.</summary>
    public const int FewestRows = 100;

    /// <summary>With fewer rows <see cref="CalibrationMethod.Auto"/> does not try isotonic curves, which follow chance there (A. Niculescu-Mizil and R. Caruana 2005).</summary>
    public const int FewestIsotonicRows = 1000;

    private const int Folds = 5;
    private const double SmallestProbability = 1e-15;

    /// <summary>Fits what was asked for. A named method is taken whether it does better or not; Auto takes what does better by more than one standard error, by log loss and Brier score.</summary>
    /// <param name="method">The method.</param>
    /// <param name="task">Binary or multiclass.</param>
    /// <param name="labels">A class index a row.</param>
    /// <param name="scores">The scores of the rows.</param>
    /// <param name="weights">A weight a row; none means 1 each.</param>
    public static CalibrationFit Fit(CalibrationMethod method, TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights = default)
    {
        if (method == CalibrationMethod.None) return new CalibrationFit(null, "No calibration was asked for.", []);
        if (task == TaskKind.Regression) return new CalibrationFit(null, "A regression has no probabilities.", []);
        if (labels.Length < FewestRows) return new CalibrationFit(null, $"{labels.Length} validation rows are too few; {FewestRows} are wanted.", []);
        var rows = new Rows(labels.ToArray(), scores, weights.IsEmpty ? [.. Enumerable.Repeat(1.0, labels.Length)] : weights.ToArray());
        if (!rows.HasTwoClasses) return new CalibrationFit(null, "The validation rows are all of one class.", []);
        string[] ways = (method, task) switch
        {
            (_, TaskKind.Multiclass) => ["temperature"],
            (CalibrationMethod.Platt, _) => ["platt"],
            (CalibrationMethod.Isotonic, _) => ["isotonic"],
            _ => labels.Length < FewestIsotonicRows ? ["platt"] : ["platt", "isotonic"],
        };
        var tried = new List<(CalibrationTrial Trial, double[] Losses)> { Measure(rows, "none") };
        tried.AddRange(ways.Select(way => Measure(rows, way)));
        var chosen = method == CalibrationMethod.Auto ? Best(tried, rows.Weights) : tried[1].Trial;
        var calibrator = FitOn(rows, chosen.Method);
        return new CalibrationFit(calibrator, Reason(tried[0].Trial, chosen, calibrator, labels.Length), [.. tried.Select(t => t.Trial)]);
    }

    private static CalibrationTrial Best(List<(CalibrationTrial Trial, double[] Losses)> tried, double[] weights)
    {
        var best = tried[0];
        foreach (var way in tried.Skip(1))
            if (way.Trial.Brier <= tried[0].Trial.Brier && GainInErrors(tried[0].Losses, way.Losses, weights) > 1 && way.Trial.LogLoss < best.Trial.LogLoss) best = way;
        return best.Trial;
    }

    // The mean gain in log loss in units of its standard error.
    private static double GainInErrors(double[] before, double[] after, double[] weights)
    {
        var (sum, total, squares) = (0.0, 0.0, 0.0);
        for (var row = 0; row < before.Length; row++)
        {
            sum += weights[row] * (before[row] - after[row]);
            total += weights[row];
        }
        var mean = sum / total;
        for (var row = 0; row < before.Length; row++)
        {
            var apart = weights[row] * (before[row] - after[row] - mean);
            squares += apart * apart;
        }
        return squares > 0 ? mean / (Math.Sqrt(squares) / total) : 0;
    }

    private static (CalibrationTrial Trial, double[] Losses) Measure(Rows rows, string way)
    {
        var losses = new double[rows.Labels.Length];
        var (logLoss, brier, total) = (0.0, 0.0, 0.0);
        for (var fold = 0; fold < Folds; fold++)
        {
            var held = rows.Fold(fold, held: true);
            var scores = FitOn(rows.Fold(fold, held: false), way)?.Apply(held.Scores) ?? held.Scores;
            for (var i = 0; i < held.Labels.Length; i++)
            {
                var loss = LogLoss(scores.Row(i), (int)held.Labels[i]);
                losses[(i * Folds) + fold] = loss;
                logLoss += held.Weights[i] * loss;
                brier += held.Weights[i] * Brier(scores.Row(i), (int)held.Labels[i]);
                total += held.Weights[i];
            }
        }
        return (new CalibrationTrial(way, logLoss / total, brier / total), losses);
    }

    // None where the way cannot be fitted on these rows, or would turn the order of the scores round.
    private static Calibrator? FitOn(Rows rows, string way) => !rows.HasTwoClasses ? null : way switch
    {
        "platt" => PlattFit.Fit(rows.Labels, rows.Scores.Values, rows.Weights) is { Slope: > 0 } platt ? platt : null,
        "isotonic" => Bounded(IsotonicFit.Fit(rows.Labels, rows.Scores.Values, rows.Weights), rows),
        "temperature" => TemperatureFit.Fit(rows.Labels, rows.Scores, rows.Weights),
        _ => null,
    };

    // The ends of a curve are often 0 and 1, which no number of rows proves and one row refutes at any price: Platt's targets bound them.
    private static IsotonicCalibrator? Bounded(IsotonicCalibrator? curve, Rows rows)
    {
        var positives = rows.Labels.Select((label, row) => label * rows.Weights[row]).Sum();
        var (low, high) = (1 / (rows.Weights.Sum() - positives + 2), (positives + 1) / (positives + 2));
        return curve is null ? null : curve with { Values = [.. curve.Values.Select(value => Math.Clamp(value, low, high))] };
    }

    private static double LogLoss(ReadOnlySpan<double> scores, int label)
    {
        var p = scores.Length > 1 ? scores[label] : label == 1 ? scores[0] : 1 - scores[0];
        return -DeterministicMath.Log(Math.Clamp(p, SmallestProbability, 1));
    }

    private static double Brier(ReadOnlySpan<double> scores, int label)
    {
        if (scores.Length == 1) return (scores[0] - label) * (scores[0] - label);
        var sum = 0.0;
        for (var k = 0; k < scores.Length; k++) sum += (scores[k] - (k == label ? 1 : 0)) * (scores[k] - (k == label ? 1 : 0));
        return sum;
    }

    private static string Reason(CalibrationTrial none, CalibrationTrial chosen, Calibrator? calibrator, int rows) => calibrator is not null
        ? string.Create(CultureInfo.InvariantCulture, $"On {rows} validation rows, each held out once, {chosen.Method} makes the log loss {chosen.LogLoss:0.#####} instead of {none.LogLoss:0.#####}.")
        : chosen.Method == "none"
            ? $"No calibration does better by more than its standard error on {rows} validation rows, each held out once."
            : $"{chosen.Method} would turn the scores round, or leave nothing of them: they order the {rows} validation rows wrongly.";

    private sealed record Rows(double[] Labels, Scores Scores, double[] Weights)
    {
        public bool HasTwoClasses => Labels.Where((_, row) => Weights[row] > 0).Distinct().Take(2).Count() == 2;

        // Every fifth row: folds alike also where rows are ordered by time.
        public Rows Fold(int fold, bool held)
        {
            int[] rows = [.. Enumerable.Range(0, Labels.Length).Where(row => (row % Folds == fold) == held)];
            return new Rows([.. rows.Select(row => Labels[row])], new Scores(Scores.Outputs, [.. rows.SelectMany(row => Scores.Row(row).ToArray())]), [.. rows.Select(row => Weights[row])]);
        }
    }
}
