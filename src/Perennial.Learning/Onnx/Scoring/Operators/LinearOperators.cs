namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>A row of coefficients a target, summed in float32 from the first feature to the last, then the intercept.</summary>
internal sealed class LinearScores(NodeReader node)
{
    private readonly float[] _coefficients = node.Floats("coefficients");
    private readonly float[] _intercepts = node.Floats("intercepts");
    private readonly PostTransform _post = new(node);

    public void Run(Tensor input, int targets, Tensor output)
    {
        var (rows, columns) = input.Table();
        if (_coefficients.Length != (long)targets * columns)
            throw new GraphFault(
                $"attribute 'coefficients' has {_coefficients.Length} elements for {targets} targets and {columns} columns");
        if (_intercepts.Length > 0) NodeReader.RequireLength("intercepts", _intercepts.Length, targets);
        output.Reset(ElementType.Float, rows, targets);
        output.Work((long)rows * columns * targets);
        var x = Numbers.Of(input);
        var y = output.Floats;
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < targets; k++)
            {
                var sum = 0f;
                for (var f = 0; f < columns; f++) sum += _coefficients[k * columns + f] * x[r * columns + f];
                y[r * targets + k] = _intercepts.Length > 0 ? sum + _intercepts[k] : sum;
            }
        }
        _post.Apply(y, targets);
    }
}

/// <summary>Linear regression.</summary>
internal sealed class LinearRegressor : Kernel
{
    private readonly LinearScores _scores;
    private readonly int _targets;

    public LinearRegressor(NodeReader node)
    {
        _scores = new LinearScores(node);
        var targets = node.Int("targets", 1);
        if (targets is < 1 or > Limits.Columns) throw new GraphFault($"attribute 'targets' is {targets}");
        _targets = (int)targets;
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs) =>
        _scores.Run(Required(inputs, 0), _targets, outputs[0]);
}

/// <summary>Linear classification with a row of coefficients a class. Outputs: label, scores.</summary>
internal sealed class LinearClassifier : Kernel
{
    private readonly LinearScores _scores;
    private readonly ClassLabels _labels;

    public LinearClassifier(NodeReader node)
    {
        _scores = new LinearScores(node);
        _labels = new ClassLabels(node, "classlabels_ints");
        node.Ignore("multi_class");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (outputs.Length < 2) throw new GraphFault("has one output where label and scores are expected");
        _scores.Run(Required(inputs, 0), _labels.Count, outputs[1]);
        _labels.Write(outputs[1], _labels.Count, outputs[0]);
    }
}
