using Perennial.Core.Pipelines;
using Perennial.Core.Tests.Data;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Probabilities corrected on validation rows, in the graph that answers.</summary>
public sealed class CalibrationTests
{
    [Theory]
    [InlineData("platt")]
    [InlineData("isotonic")]
    public async Task What_the_spec_asks_for_is_in_the_graph_and_in_the_report(string method)
    {
        await using var host = await Run(method, Some.Csv(900));
        await using var plain = await Run("none", Some.Csv(900));
        var evaluation = (await host.Package(1)).Evaluation;
        var calibrated = evaluation.Calibrated!;

        Assert.Equal(method, calibrated.Fitted.Method);
        Assert.NotEqual((await plain.Package(1)).Model, (await host.Package(1)).Model);
        Assert.Null((await plain.Package(1)).Evaluation.Calibrated);
        // The same model, before: its figures are those of the run that calibrates nothing.
        Assert.Equal((await plain.Package(1)).Evaluation.Metrics["logLoss"], calibrated.Before["logLoss"], 1e-12);
        Assert.NotEqual(calibrated.Before["calibrationError"], evaluation.Metrics["calibrationError"]);
        Assert.NotEmpty(calibrated.CurveBefore!);
        Assert.Contains($"Probabilities are calibrated ({method})", await (await host.Package(1)).ReadCard(), StringComparison.Ordinal);
        Assert.DoesNotContain("calibrated", await (await plain.Package(1)).ReadCard(), StringComparison.Ordinal);
        Assert.Equal(["none", method], calibrated.Fitted.Tried.Select(t => t.Method));
    }

    [Fact]
    public async Task With_folds_it_is_fitted_on_the_validation_rows_of_every_fold()
    {
        await using var host = await Run("platt", Some.Csv(900), split: "\"split\": { \"folds\": 3 },");
        await using var plain = await Run("platt", Some.Csv(900));
        var (many, few) = ((await host.Package(1)).Evaluation.Calibrated!.Fitted, (await plain.Package(1)).Evaluation.Calibrated!.Fitted);
        Assert.Equal(("platt", "platt"), (many.Method, few.Method));
        Assert.True(RowsOf(many.Detail) > 2 * RowsOf(few.Detail), many.Detail);
    }

    // "On 135 validation rows, ..."
    private static int RowsOf(string detail) => int.Parse(detail.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Rows_that_judge_have_no_part_in_it()
    {
        // The same rows but for the labels of the newest, which are the test rows, turned round.
        await using var host = await Run("isotonic", Some.Csv(900));
        await using var poisoned = await Run("isotonic", Some.Csv(900, i => i >= 765 != Some.Damaged(i)));
        Assert.Equal((await host.Package(1)).Model, (await poisoned.Package(1)).Model);
    }

    [Fact]
    public async Task Auto_leaves_well_calibrated_scores_alone_and_says_so()
    {
        await using var host = await Run("auto", Some.Csv(900));
        var run = (await host.Runs.List("birds", 1))[0];
        var fitted = (await host.Package(1)).Evaluation.Calibrated?.Fitted;
        Assert.NotNull(fitted);
        Assert.True("none" == fitted.Method, fitted.Detail);
        // Not for want of rows: each way was tried.
        Assert.NotEmpty(fitted.Tried);
        Assert.NotEmpty(fitted.Detail);
        Assert.True(run.Status is RunStatus.Succeeded or RunStatus.Rejected);
    }

    private static async Task<PipelineHost> Run(string method, string csv, string split = "")
    {
        var host = await PipelineHost.Start(test: $"Calibrated_{method}");
        await host.PutSpec($$"""
            { "model": "birds", "label": "damaged", "data": { "time": "day" }, "gates": { "betterThanBaseline": false }, {{split}}
              "train": { "trials": 1, "history": [1], "candidates": ["boosted-trees"], "calibrate": "{{method}}" } }
            """);
        await host.Upload(csv);
        Assert.NotNull((await host.Run()).Version);
        return host;
    }
}
