using Perennial.Learning.Calibration;
using Perennial.Learning.Explanations;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Tests.Models;

namespace Perennial.Learning.Tests.Calibration;

public sealed class CalibratedGraphTests
{
    private static readonly IsotonicCalibrator Curve = new([0.1, 0.25, 0.3, 0.7, 0.95], [0.02, 0.2, 0.2, 0.85, 0.9]);

    public static TheoryData<string> Learners => [ModelTraining.Linear, ModelTraining.BoostedTrees];

    [Theory]
    [MemberData(nameof(Learners))]
    public void A_graph_scores_as_its_calibrator_says(string learner)
    {
        AssertScores(learner, TaskKind.Binary, new PlattCalibrator(0.6, -0.4));
        AssertScores(learner, TaskKind.Binary, Curve);
        AssertScores(learner, TaskKind.Multiclass, new TemperatureCalibrator(1.7));
    }

    [Fact]
    public void The_label_follows_the_calibrated_score()
    {
        var onnx = Graph(ModelTraining.BoostedTrees, TaskKind.Binary, 1);
        var rows = SyntheticRows.Of(200, 9);
        var low = OnnxModel.Load(CalibratedGraph.Apply(onnx, new IsotonicCalibrator([0, 1], [0, 0.4]))).Score(rows);
        Assert.All(low.Values, score => Assert.InRange(score, 0, 0.4));
        var model = Learning.Onnx.Protos.ModelProto.Parser.ParseFrom(CalibratedGraph.Apply(onnx, Curve));
        Assert.Contains(model.Graph.Node, node => node.OpType == "GreaterOrEqual" && node.Input[0] == "scores");
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public void Explanations_sum_to_the_calibrated_log_odds_and_under_a_curve_to_those_before_it(string learner)
    {
        var (onnx, train, rows) = (Graph(learner, TaskKind.Binary, 1), SyntheticRows.Of(600, 1), SyntheticRows.Of(30, 5));
        GraphExplainer Explainer(byte[] graph) => GraphExplainer.Load(graph, GraphExplainer.FeatureMeans(graph, train));
        var (plain, bent) = (Explainer(onnx), Explainer(CalibratedGraph.Apply(onnx, Curve)));
        Assert.Equal((MarginScale.LogOdds, MarginScale.UncalibratedLogOdds), (plain.Scale, bent.Scale));
        Assert.Equal(plain.Explain(rows).SelectMany(row => row.Values), bent.Explain(rows).SelectMany(row => row.Values));

        var calibrated = CalibratedGraph.Apply(onnx, new PlattCalibrator(0.6, -0.4));
        var (scores, explained) = (OnnxModel.Load(calibrated).Score(rows).Values, Explainer(calibrated));
        var contributions = explained.Explain(rows);
        for (var row = 0; row < scores.Length; row++)
            Assert.Equal(Math.Log(scores[row] / (1 - scores[row])), explained.BaseValues[0] + contributions[row].Values.Sum(), 1e-4);
    }

    [Fact]
    public void Equal_graphs_and_calibrations_give_equal_bytes()
    {
        var onnx = Graph(ModelTraining.BoostedTrees, TaskKind.Binary, 1);
        foreach (var calibrator in new Calibrator[] { new PlattCalibrator(0.6, -0.4), Curve })
            Assert.Equal(CalibratedGraph.Apply(onnx, calibrator), CalibratedGraph.Apply(onnx, calibrator));
    }

    [Fact]
    public void Knots_that_are_one_float_are_one_knot()
    {
        var onnx = Graph(ModelTraining.BoostedTrees, TaskKind.Binary, 1);
        var steep = new IsotonicCalibrator([0.2, 0.5, 0.5 + 1e-12, 0.9], [0.1, 0.3, 0.6, 0.7]);
        Assert.All(OnnxModel.Load(CalibratedGraph.Apply(onnx, steep)).Score(SyntheticRows.Of(200, 9)).Values, score => Assert.InRange(score, 0.1f, 0.7f));
    }

    [Fact]
    public void Graphs_whose_scores_are_made_otherwise_are_refused_in_words()
    {
        Assert.Contains("Identity", Refused(Graph(ModelTraining.Linear, TaskKind.Regression, 1), Curve), StringComparison.Ordinal);
        Assert.Contains("Sigmoid", Refused(Graph(ModelTraining.Linear, TaskKind.Binary, 1), new TemperatureCalibrator(2)), StringComparison.Ordinal);
        Assert.Contains("no ONNX graph", Refused([1, 2, 3], Curve), StringComparison.Ordinal);
        Assert.Contains("trees and linear models", Refused(Graph(ModelTraining.Baseline, TaskKind.Binary, 1), new PlattCalibrator(2, 1)), StringComparison.Ordinal);
    }

    private static string Refused(byte[] onnx, Calibrator calibrator) => Assert.Throws<NotCalibratableException>(() => CalibratedGraph.Apply(onnx, calibrator)).Message;

    private static void AssertScores(string learner, TaskKind task, Calibrator calibrator)
    {
        var (onnx, rows) = (Graph(learner, task, 1), SyntheticRows.Of(300, 7));
        var before = OnnxModel.Load(onnx).Score(rows);
        var expected = calibrator.Apply(before);
        var actual = OnnxModel.Load(CalibratedGraph.Apply(onnx, calibrator)).Score(rows);
        Assert.NotEqual(before.Values, actual.Values);
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], actual.Values[i], 2e-6);
    }

    private static byte[] Graph(string learner, TaskKind task, ulong seed)
    {
        var spec = SyntheticRows.Spec(learner, task, SyntheticRows.Of(600, seed));
        return OnnxExporter.Export(ModelTraining.Train(spec with { Parameters = learner == ModelTraining.BoostedTrees ? new Dictionary<string, double> { ["rounds"] = 15 } : [] }, default).Model);
    }
}
