using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>
/// Explains an exported graph (docs/onnx.md) by itself: the trees or weights and the features that it computes are read back from the
/// graph, so that what is explained is what answers. Contributions of features are summed by the raw column that they are made of.
/// Safe for concurrent use.
/// </summary>
public sealed class GraphExplainer
{
    private const int MeanBlock = 256;

    private readonly GraphFeatures? _features;
    private readonly TreeExplainer? _trees;
    private readonly LinearExplainer? _linear;

    private GraphExplainer(GraphMargin margin, GraphFeatures? features, IReadOnlyList<double>? means)
    {
        (Scale, _features) = (margin.Scale, features);
        BaseValues = margin.Predictor switch
        {
            TreeEnsemblePredictor trees => (_trees = new TreeExplainer(trees)).BaseValues,
            LinearPredictor linear => (_linear = new LinearExplainer(linear, means
                ?? throw new NotExplainableException("It is linear, and the means of its features are not known."))).BaseValues,
            ConstantPredictor constant => [.. constant.Margins.Select(value => (double)value)],
            _ => throw new NotExplainableException($"There is no explanation for {margin.Predictor.GetType().Name}."),
        };
    }

    /// <summary>What base values and contributions add up to.</summary>
    public MarginScale Scale { get; }

    /// <summary>The margins when nothing is known of a row, one an output; with a row's contributions they sum to its margins.</summary>
    public IReadOnlyList<double> BaseValues { get; }

    /// <summary>The raw columns that can contribute.</summary>
    public IReadOnlyList<string> Columns => _features?.Columns ?? [];

    /// <summary>Reads a graph.</summary>
    /// <param name="onnx">The graph's bytes.</param>
    /// <param name="means">For a linear model, what <see cref="FeatureMeans"/> gave of its training rows; not looked at for others.</param>
    /// <exception cref="NotExplainableException">The graph is none that is exported here, or its trees do not know their training rows.</exception>
    public static GraphExplainer Load(ReadOnlyMemory<byte> onnx, IReadOnlyList<double>? means = null)
    {
        var graph = GraphNodes.Read(onnx);
        var margin = GraphMargin.Read(graph);
        var features = FeaturesOf(graph, margin);
        try
        {
            return new GraphExplainer(margin, features, means);
        }
        catch (ArgumentException exception)
        {
            throw new NotExplainableException(exception.Message, exception);
        }
    }

    /// <summary>
    /// The mean of each feature over some rows, which <see cref="Load"/> needs of a linear model's training rows; null where it needs none.
    /// </summary>
    /// <exception cref="NotExplainableException">The graph is none that is exported here.</exception>
    /// <exception cref="ArgumentException">There is no row, or a column is missing or has another type.</exception>
    public static IReadOnlyList<double>? FeatureMeans(ReadOnlyMemory<byte> onnx, Frame rows)
    {
        var graph = GraphNodes.Read(onnx);
        var margin = GraphMargin.Read(graph);
        if (margin.Predictor is not LinearPredictor || FeaturesOf(graph, margin) is not { } features) return null;
        ArgumentOutOfRangeException.ThrowIfZero(rows.RowCount);
        var means = new double[features.ColumnOf.Length];
        // A block at a time: there may be as many features as words.
        for (var first = 0; first < rows.RowCount; first += MeanBlock)
        {
            var block = features.Of(rows.Take([.. Enumerable.Range(first, Math.Min(MeanBlock, rows.RowCount - first))]));
            for (var i = 0; i < block.Length; i++) means[i % means.Length] += block[i];
        }
        for (var f = 0; f < means.Length; f++) means[f] /= rows.RowCount;
        return means;
    }

    /// <summary>What each raw column adds to each margin of each row.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public IReadOnlyList<RowContributions> Explain(Frame rows)
    {
        var explained = new RowContributions[rows.RowCount];
        var features = _features?.Of(rows) ?? [];
        var width = _features?.ColumnOf.Length ?? 0;
        var buffer = new double[BaseValues.Count * width];
        for (var row = 0; row < explained.Length; row++)
        {
            _trees?.Explain(features.AsSpan(row * width, width), buffer);
            _linear?.Explain(features.AsSpan(row * width, width), buffer);
            var byColumn = new double[BaseValues.Count * Columns.Count];
            for (var i = 0; i < buffer.Length; i++) byColumn[(i / width * Columns.Count) + _features!.ColumnOf[i % width]] += buffer[i];
            explained[row] = new RowContributions(Columns.Count, byColumn);
        }
        return explained;
    }

    private static GraphFeatures? FeaturesOf(GraphNodes graph, GraphMargin margin)
    {
        var features = margin.Features is { } vector ? GraphFeatures.Read(graph, vector) : null;
        var width = features?.ColumnOf.Length ?? 0;
        var most = margin.Predictor switch
        {
            TreeEnsemblePredictor trees => trees.Trees.SelectMany(tree => tree.Feature).DefaultIfEmpty(-1).Max() + 1,
            LinearPredictor linear => linear.Weights[0].Length,
            _ => 0,
        };
        return most <= width ? features : throw new NotExplainableException($"Its model reads {most} features of {width}.");
    }
}

/// <summary>What each raw column adds to each margin of one row.</summary>
/// <param name="Columns">The number of columns.</param>
/// <param name="Values">Column by column within an output.</param>
public sealed record RowContributions(int Columns, double[] Values)
{
    /// <summary>The columns' contributions to one output, in the order of <see cref="GraphExplainer.Columns"/>.</summary>
    public ReadOnlySpan<double> Of(int output) => Values.AsSpan(output * Columns, Columns);
}
