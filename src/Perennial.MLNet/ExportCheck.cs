using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet;

/// <summary>
/// Holds an exported graph to the model that it was exported from. The converter leaves out what it has no form for without a word, so no
/// graph is used that was not scored beside its model.
/// </summary>
internal static class ExportCheck
{
    /// <summary>How many rows are compared.</summary>
    public const int Rows = 1000;

    /// <summary>How far a score may be off; of values beyond 1, in proportion to them: a float has seven digits.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>What ML.NET says of feature vectors, as a graph's scores: probabilities, or a regression's value.</summary>
    public static double[] Scores(MLContext context, ITransformer model, FeatureMatrix features, TaskKind task)
    {
        var scored = model.Transform(UnlabelledRow.View(context, features));
        if (task == TaskKind.Multiclass) return [.. scored.GetColumn<float[]>(ScoreColumn(task)).SelectMany(row => row).Select(score => (double)score)];
        return [.. scored.GetColumn<float>(ScoreColumn(task)).Select(score => (double)score)];
    }

    /// <summary>The column of ML.NET's that holds what a graph's scores are.</summary>
    public static string ScoreColumn(TaskKind task) => task == TaskKind.Binary ? "Probability" : "Score";

    /// <summary>Evenly spread rows, at most <see cref="Rows"/>.</summary>
    public static Frame Sample(Frame frame)
    {
        if (frame.RowCount <= Rows) return frame;
        return frame.Take([.. Enumerable.Range(0, Rows).Select(i => (int)((long)i * frame.RowCount / Rows))]);
    }

    /// <summary>Scores the rows with the graph and compares.</summary>
    /// <exception cref="LearnerRefusalException">The graph cannot be loaded or says something else; the message tells where.</exception>
    public static void Check(IModelRuntime runtime, byte[] onnx, Frame rows, double[] expected)
    {
        Scores scores;
        try
        {
            scores = runtime.ScoreOnce(onnx, rows);
        }
        catch (OnnxFormatException exception)
        {
            throw new LearnerRefusalException("export-unusable", $"The exported graph cannot be run: {exception.Message}");
        }
        if (scores.Values.Length != expected.Length)
            throw new LearnerRefusalException("export-differs", $"The exported graph gives {scores.Values.Length} scores of {rows.RowCount} rows where ML.NET gives {expected.Length}.");
        var (wrong, worst) = (0, -1);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Agree(expected[i], scores.Values[i])) continue;
            wrong++;
            if (worst < 0 || Distance(i) > Distance(worst)) worst = i;
        }
        if (wrong == 0) return;
        throw new LearnerRefusalException("export-differs", string.Create(CultureInfo.InvariantCulture,
            $"The exported graph differs from ML.NET in {wrong} of {expected.Length} scores of {rows.RowCount} training rows by more than {Tolerance}: at worst it gives {scores.Values[worst]:R} for {expected[worst]:R}."));

        double Distance(int at) => double.IsNaN(scores.Values[at] - expected[at]) ? double.PositiveInfinity : Math.Abs(scores.Values[at] - expected[at]);
    }

    private static bool Agree(double expected, double score) => Math.Abs(expected - score) <= Tolerance * Math.Max(1, Math.Abs(expected));
}
