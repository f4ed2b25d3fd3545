using Perennial.Learning.Calibration;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Calibration;

public sealed class CalibrationFittingTests
{
    [Fact]
    public void Scores_that_are_too_sure_are_corrected_and_good_ones_left_alone()
    {
        var (labels, sure) = Draw(4000, trueSlope: 0.4);
        var fit = CalibrationFitting.Fit(CalibrationMethod.Auto, TaskKind.Binary, labels, sure);
        Assert.NotNull(fit.Calibrator);
        Assert.Equal(["none", "platt", "isotonic"], fit.Tried.Select(t => t.Method));
        Assert.True(fit.Tried[1].LogLoss < fit.Tried[0].LogLoss);

        var (fair, good) = Draw(4000, trueSlope: 1);
        Assert.Null(CalibrationFitting.Fit(CalibrationMethod.Auto, TaskKind.Binary, fair, good).Calibrator);
    }

    [Fact]
    public void Auto_takes_a_curve_where_no_line_fits()
    {
        // Told anything from 0 to 1, true for 0.2 below the middle and for 0.6 above it.
        var random = new Xoshiro256(3);
        double[] scores = [.. Enumerable.Range(0, 5000).Select(_ => random.NextDouble())];
        double[] labels = [.. scores.Select(p => random.NextDouble() < (p < 0.5 ? 0.2 : 0.6) ? 1.0 : 0)];
        Assert.IsType<IsotonicCalibrator>(CalibrationFitting.Fit(CalibrationMethod.Auto, TaskKind.Binary, labels, new Scores(1, scores)).Calibrator);
    }

    [Fact]
    public void A_named_method_is_taken_as_it_is()
    {
        var (labels, scores) = Draw(500, trueSlope: 1);
        Assert.IsType<PlattCalibrator>(CalibrationFitting.Fit(CalibrationMethod.Platt, TaskKind.Binary, labels, scores).Calibrator);
        Assert.IsType<IsotonicCalibrator>(CalibrationFitting.Fit(CalibrationMethod.Isotonic, TaskKind.Binary, labels, scores).Calibrator);
        Assert.Null(CalibrationFitting.Fit(CalibrationMethod.None, TaskKind.Binary, labels, scores).Calibrator);
    }

    [Fact]
    public void Several_classes_get_a_temperature()
    {
        var random = new Xoshiro256(4);
        var (labels, scores) = (new double[900], new double[2700]);
        for (var row = 0; row < labels.Length; row++)
        {
            labels[row] = random.Next(3);
            // Nearly certain, and wrong in two of five.
            var told = random.Next(5) < 3 ? (int)labels[row] : random.Next(3);
            for (var k = 0; k < 3; k++) scores[(row * 3) + k] = k == told ? 0.98 : 0.01;
        }
        var fit = CalibrationFitting.Fit(CalibrationMethod.Auto, TaskKind.Multiclass, labels, new Scores(3, scores));
        Assert.True(Assert.IsType<TemperatureCalibrator>(fit.Calibrator).Temperature > 1.5);
    }

    [Theory]
    [InlineData(CalibrationMethod.Platt)]
    [InlineData(CalibrationMethod.Isotonic)]
    public void Scores_in_the_wrong_order_are_not_turned_round(CalibrationMethod method)
    {
        double[] scores = [.. Enumerable.Range(0, 200).Select(i => (i + 0.5) / 200)];
        double[] labels = [.. scores.Select(p => p < 0.5 ? 1.0 : 0)];
        var fit = CalibrationFitting.Fit(method, TaskKind.Binary, labels, new Scores(1, scores));
        Assert.Null(fit.Calibrator);
        Assert.Contains("wrongly", fit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_rows_and_one_class_are_told()
    {
        var (labels, scores) = Draw(60, trueSlope: 0.3);
        Assert.Contains("too few", CalibrationFitting.Fit(CalibrationMethod.Platt, TaskKind.Binary, labels, scores).Reason, StringComparison.Ordinal);
        Assert.Contains("one class", CalibrationFitting.Fit(CalibrationMethod.Platt, TaskKind.Binary, new double[200], new Scores(1, new double[200])).Reason, StringComparison.Ordinal);
        Assert.Contains("no probabilities", CalibrationFitting.Fit(CalibrationMethod.Auto, TaskKind.Regression, new double[200], new Scores(1, new double[200])).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_curve_is_ever_certain()
    {
        double[] scores = [.. Enumerable.Range(0, 400).Select(i => (i + 0.5) / 400)];
        double[] labels = [.. scores.Select(p => p > 0.5 ? 1.0 : 0)];
        var curve = (IsotonicCalibrator)CalibrationFitting.Fit(CalibrationMethod.Isotonic, TaskKind.Binary, labels, new Scores(1, scores)).Calibrator!;
        Assert.Equal((1 / 202.0, 201 / 202.0), (curve.Values[0], curve.Values[^1]));
    }

    [Fact]
    public void Certain_scores_and_weightless_rows_do_no_harm()
    {
        var (labels, drawn) = Draw(400, trueSlope: 0.5);
        double[] scores = [.. drawn.Values.Select((p, i) => i % 10 == 0 ? Math.Round(p) : p)];
        double[] weights = [.. scores.Select((_, i) => i % 3 == 0 ? 0.0 : 1)];
        foreach (var method in new[] { CalibrationMethod.Platt, CalibrationMethod.Isotonic })
        {
            var calibrated = CalibrationFitting.Fit(method, TaskKind.Binary, labels, new Scores(1, scores), weights).Calibrator!.Apply(new Scores(1, scores));
            Assert.All(calibrated.Values, p => Assert.InRange(p, 0, 1));
        }
    }

    // Labels that come true as sigmoid(slope times the log-odds told).
    private static (double[] Labels, Scores Scores) Draw(int rows, double trueSlope)
    {
        var random = new Xoshiro256(1);
        var (labels, scores) = (new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            var margin = (random.NextDouble() - 0.5) * 10;
            scores[row] = 1 / (1 + Math.Exp(-margin));
            labels[row] = random.NextDouble() < 1 / (1 + Math.Exp(-trueSlope * margin)) ? 1 : 0;
        }
        return (labels, new Scores(1, scores));
    }
}
