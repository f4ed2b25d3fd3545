using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Models;

/// <summary>
/// The plain meaning of a fitted model, for other scorers to be tested against. Margins are float32: the terms are added in order of
/// trees or features beginning from 0, then the base margin or intercept. Probabilities are the deterministic sigmoid or softmax of
/// those margins, in double, rounded to float32 as a graph gives them.
/// </summary>
public static class ReferenceScorer
{
    /// <summary>The scores of every row.</summary>
    /// <exception cref="KeyNotFoundException">A column that the model reads is not in the frame.</exception>
    /// <exception cref="ArgumentException">A column has a type that the model cannot read.</exception>
    public static Scores Score(FittedModel model, Frame frame)
    {
        var matrix = FeatureEncoding.Apply(model.Transforms, frame);
        var outputs = model.Predictor.Outputs;
        var scores = new double[frame.RowCount * outputs];
        var row = new float[matrix.FeatureCount];
        var margins = new float[outputs];
        for (var r = 0; r < frame.RowCount; r++)
        {
            matrix.CopyRow(r, row);
            Margins(model.Predictor, row, margins);
            Link(model, margins, scores.AsSpan(r * outputs, outputs));
        }
        return new Scores(outputs, scores);
    }

    /// <summary>The margins of one feature vector, into a buffer of as many elements as the predictor has outputs.</summary>
    public static void Margins(FittedPredictor predictor, ReadOnlySpan<float> features, Span<float> margins)
    {
        switch (predictor)
        {
            case ConstantPredictor constant:
                for (var k = 0; k < margins.Length; k++) margins[k] = constant.Margins[k];
                break;
            case LinearPredictor linear:
                for (var k = 0; k < margins.Length; k++) margins[k] = Dot(linear.Weights[k], features) + linear.Intercepts[k];
                break;
            case TreeEnsemblePredictor ensemble:
                margins.Clear();
                foreach (var tree in ensemble.Trees) margins[tree.Output] += tree.Value[LeafOf(tree, features)];
                for (var k = 0; k < margins.Length; k++) margins[k] += ensemble.BaseMargins[k];
                break;
            default:
                throw new ArgumentException($"There is no scoring for the predictor {predictor.GetType().Name}.");
        }
    }

    /// <summary>The index of the leaf that a feature vector falls into.</summary>
    public static int LeafOf(Tree tree, ReadOnlySpan<float> features)
    {
        var node = 0;
        while (tree.Feature[node] >= 0) node = tree.GoesLeft(node, features[tree.Feature[node]]) ? tree.Left[node] : tree.Right[node];
        return node;
    }

    private static float Dot(float[] weights, ReadOnlySpan<float> features)
    {
        var sum = 0f;
        for (var f = 0; f < weights.Length; f++) sum += weights[f] * features[f];
        return sum;
    }

    private static void Link(FittedModel model, ReadOnlySpan<float> margins, Span<double> scores)
    {
        for (var k = 0; k < scores.Length; k++) scores[k] = margins[k];
        if (model.LogMargin) scores[0] = DeterministicMath.Exp(scores[0]);
        if (model.Task == TaskKind.Binary) scores[0] = DeterministicMath.Sigmoid(scores[0]);
        if (model.Task == TaskKind.Multiclass) DeterministicMath.Softmax(scores);
        for (var k = 0; k < scores.Length; k++) scores[k] = (float)scores[k];
    }
}
