using Perennial.Learning.Features;

namespace Perennial.Learning.Models;

/// <summary>Fitted preprocessing and model: all that the ONNX export needs.</summary>
/// <param name="Task">What it predicts.</param>
/// <param name="Classes">The class names in the order of the scores (binary: negative, positive); empty for regression.</param>
/// <param name="Inputs">The raw columns it reads, with their types.</param>
/// <param name="Transforms">From raw columns to the feature vector; features are concatenated in this order.</param>
/// <param name="Predictor">From the feature vector to margins.</param>
public sealed record FittedModel(
    TaskKind Task,
    IReadOnlyList<string> Classes,
    IReadOnlyList<Frames.ColumnSchema> Inputs,
    IReadOnlyList<FittedTransform> Transforms,
    FittedPredictor Predictor)
{
    /// <summary>Whether the score of a regression is the exponential of its margin, as it is with the Poisson loss.</summary>
    public bool LogMargin { get; init; }

    /// <summary>The names of all features, in order.</summary>
    public IReadOnlyList<string> FeatureNames => [.. Transforms.SelectMany(t => t.FeatureNames)];
}

/// <summary>
/// A fitted function from a float feature vector to <see cref="Outputs"/> margins: 1 for binary (log-odds) and regression (the
/// value), one a class for multiclass (softmax logits).
/// </summary>
/// <param name="Outputs">The number of margins.</param>
public abstract record FittedPredictor(int Outputs);

/// <summary>Margins that are the same for every row: candidate zero.</summary>
public sealed record ConstantPredictor(IReadOnlyList<float> Margins) : FittedPredictor(Margins.Count);

/// <summary>Margin k = Intercepts[k] + sum over f of Weights[k][f] * x[f]. No x may be NaN.</summary>
public sealed record LinearPredictor(IReadOnlyList<float[]> Weights, IReadOnlyList<float> Intercepts) : FittedPredictor(Intercepts.Count);

/// <summary>Margin k = BaseMargins[k] + sum of the leaf values of the trees whose <see cref="Tree.Output"/> is k.</summary>
public sealed record TreeEnsemblePredictor(IReadOnlyList<Tree> Trees, IReadOnlyList<float> BaseMargins) : FittedPredictor(BaseMargins.Count);

/// <summary>
/// A graph from elsewhere as a predictor. Unlike the others it gives scores already, not margins: probabilities, or a regression's value.
/// It is written behind the transforms as it is; nothing but a runtime can compute it.
/// </summary>
/// <param name="Outputs">How many scores it gives a row.</param>
/// <param name="Onnx">An ONNX model whose scores depend on one input alone, a float tensor [rows, features].</param>
/// <param name="Output">The name of the graph output that holds the scores, a float tensor [rows, outputs].</param>
public sealed record GraphPredictor(int Outputs, ReadOnlyMemory<byte> Onnx, string Output) : FittedPredictor(Outputs);

/// <summary>
/// A binary decision tree in flat arrays; node 0 is the root. An inner node sends a row left when its test holds:
/// x &lt;= Threshold (ordered), or x == Threshold (level split) or x is one of <see cref="Sets"/> (level split of several levels). NaN goes
/// left exactly where <see cref="MissingLeft"/> says so.
/// </summary>
public sealed record Tree
{
    /// <summary>Which margin the tree adds to.</summary>
    public required int Output { get; init; }

    /// <summary>The feature an inner node tests; -1 marks a leaf.</summary>
    public required int[] Feature { get; init; }

    /// <summary>The threshold or the level's code; unused in a leaf.</summary>
    public required float[] Threshold { get; init; }

    /// <summary>Whether the test is equality or membership (a level split) rather than &lt;=.</summary>
    public required bool[] IsLevel { get; init; }

    /// <summary>Node by node the levels that go left, where they are several; null at other nodes. Empty when no node has any.</summary>
    public LevelSet?[] Sets { get; init; } = [];

    /// <summary>Whether a missing value goes left.</summary>
    public required bool[] MissingLeft { get; init; }

    /// <summary>The left child (the test holds).</summary>
    public required int[] Left { get; init; }

    /// <summary>The right child.</summary>
    public required int[] Right { get; init; }

    /// <summary>The leaf's value; unused in an inner node.</summary>
    public required float[] Value { get; init; }

    /// <summary>The gain of an inner node's split; 0 in a leaf. For importances.</summary>
    public required float[] Gain { get; init; }

    /// <summary>How many of the training rows that the tree was grown on came through each node. For explanations.</summary>
    public required float[] Cover { get; init; }

    /// <summary>The levels that a node sends left, where they are several.</summary>
    public LevelSet? SetAt(int node) => Sets.Length == 0 ? null : Sets[node];

    /// <summary>Whether an inner node sends this value of its feature left.</summary>
    public bool GoesLeft(int node, float x) => float.IsNaN(x) ? MissingLeft[node]
        : !IsLevel[node] ? x <= Threshold[node]
        : SetAt(node) is { } set ? set.Contains(x)
        : x == Threshold[node];
}
