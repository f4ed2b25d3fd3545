using System.Text.Json;
using Perennial.Learning.Calibration;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Calibration;

/// <summary>Against scikit-learn and SciPy; the command that made the values is in calibration_reference.py.</summary>
public sealed class CalibrationReferenceTests
{
    private static readonly Reference Values = JsonSerializer.Deserialize<Reference>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Calibration", "calibration_reference.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> Cases => [0, 1];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Platts_line_is_that_of_scikit_learn(int number)
    {
        var some = Values.Binary[number];
        var fitted = PlattFit.Fit(some.Labels, some.Scores, some.Weights);
        // scikit-learn stops its own search at a gradient of 1e-5.
        Assert.Equal(some.Slope, fitted.Slope, 1e-4);
        Assert.Equal(some.Intercept, fitted.Intercept, 1e-4);
        var calibrated = fitted.Apply(new Scores(1, [.. some.At.Select(p => Math.Clamp(p, 1e-9, 1 - 1e-9))])).Values;
        // Beyond what a float holds the ends are cut.
        for (var i = 1; i < some.At.Length - 1; i++) Assert.Equal(some.PlattAt[i], calibrated[i], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_isotonic_curve_is_that_of_scikit_learn(int number)
    {
        var some = Values.Binary[number];
        var calibrated = IsotonicFit.Fit(some.Labels, some.Scores, some.Weights)!.Apply(new Scores(1, some.At)).Values;
        for (var i = 0; i < some.At.Length; i++) Assert.Equal(some.Isotonic[i], calibrated[i], 1e-9);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_calibration_curve_and_its_error_are_those_of_scikit_learn(int number)
    {
        var some = Values.Binary[number];
        var curve = CalibrationCurve.Of(some.Labels, some.Scores, some.Weights);
        Assert.Equal(some.Told.Length, curve.Bins.Count);
        for (var bin = 0; bin < some.Told.Length; bin++)
        {
            Assert.Equal(some.Told[bin], curve.Bins[bin].MeanScore, 1e-12);
            Assert.Equal(some.True[bin], curve.Bins[bin].PositiveRate, 1e-12);
        }
        Assert.Equal(some.Error, curve.Error, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_temperature_is_the_minimum_that_SciPy_finds(int number)
    {
        var some = Values.Multiclass[number];
        Assert.Equal(some.Temperature, TemperatureFit.Fit(some.Labels, new Scores(some.Outputs, some.Scores), some.Weights).Temperature, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_error_of_several_classes_is_that_of_their_answers(int number)
    {
        var some = Values.Multiclass[number];
        Assert.Equal(some.Error, CalibrationCurve.OfAnswers(some.Labels, new Scores(some.Outputs, some.Scores), some.Weights).Error, 1e-12);
    }

    private sealed record Reference(Binary[] Binary, Multiclass[] Multiclass);

    private sealed record Binary(double[] Labels, double[] Scores, double[] Weights, double Slope, double Intercept, double[] At, double[] Isotonic, double[] PlattAt, double[] Told, double[] True, double Error);

    private sealed record Multiclass(int Outputs, double[] Labels, double[] Scores, double[] Weights, double Temperature, double Error);
}
