namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Batch normalization with the statistics of training: (x - mean) / sqrt(variance + epsilon) * scale + bias along the second axis.</summary>
internal sealed class BatchNormalization : Kernel
{
    private readonly double _epsilon;

    public BatchNormalization(NodeReader node)
    {
        _epsilon = node.Float("epsilon", 1e-5f);
        if (node.Int("training_mode", 0) != 0) throw new GraphFault("attribute 'training_mode' is not 0: only inference is supported");
        node.Ignore("momentum", "spatial");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank < 2) throw new GraphFault($"input has {input.Rank} axes, at least 2 are expected");
        var walk = new AxisWalk(input, 1);
        var scale = Of(inputs, 1, walk);
        var bias = Of(inputs, 2, walk);
        var mean = Of(inputs, 3, walk);
        var variance = Of(inputs, 4, walk);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var x = input.Floats;
        var y = outputs[0].Floats;
        for (var i = 0; i < y.Length; i++)
        {
            var c = i / walk.Inner % walk.Length;
            y[i] = (float)((x[i] - (double)mean[c]) / Math.Sqrt(variance[c] + _epsilon) * scale[c] + bias[c]);
        }
    }

    private static ReadOnlySpan<float> Of(ReadOnlySpan<Tensor?> inputs, int index, AxisWalk walk)
    {
        var values = Required(inputs, index).Floats;
        return values.Length == walk.Length ? values : throw new GraphFault($"input {index} has {values.Length} elements for {walk.Length} columns");
    }
}

/// <summary>Layer normalization: from an axis on, less the mean and over the standard deviation, then scaled and shifted.</summary>
internal sealed class LayerNormalization(NodeReader node) : Kernel
{
    private readonly long _axis = node.Int("axis", -1);
    private readonly double _epsilon = node.Float("epsilon", 1e-5f);
    private readonly long _precision = node.Int("stash_type", 1);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (_precision != 1 || outputs.Length > 1) throw new GraphFault("only one output and stash_type 1 are supported");
        var (input, bias) = (Required(inputs, 0), Optional(inputs, 2));
        var scale = Required(inputs, 1).Floats;
        var walk = new AxisWalk(input, _axis);
        var length = walk.Length * walk.Inner;
        if (scale.Length != length || (bias is not null && bias.Count != length))
            throw new GraphFault($"scale and bias do not have {length} elements, as many as are normalized");
        outputs[0].Reset(ElementType.Float, input.Dims);
        for (var start = 0; start < input.Count; start += length)
        {
            var x = input.Floats.Slice(start, length);
            var y = outputs[0].Floats.Slice(start, length);
            double mean = 0, variance = 0;
            foreach (var value in x) mean += value;
            mean /= length;
            foreach (var value in x) variance += (value - mean) * (value - mean);
            var deviation = Math.Sqrt(variance / length + _epsilon);
            for (var k = 0; k < length; k++) y[k] = (float)((x[k] - mean) / deviation * scale[k] + (bias is null ? 0 : bias.Floats[k]));
        }
    }
}

/// <summary>The norm of the elements along an axis divides them; a norm of 0 leaves zeros.</summary>
internal sealed class LpNormalization : Kernel
{
    private readonly long _axis, _p;

    public LpNormalization(NodeReader node)
    {
        (_axis, _p) = (node.Int("axis", -1), node.Int("p", 2));
        if (_p is not (1 or 2)) throw new GraphFault($"attribute 'p' is {_p}; supported are 1, 2");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var walk = new AxisWalk(input, _axis);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var x = input.Floats;
        var y = outputs[0].Floats;
        for (var line = 0; line < walk.Lines && !y.IsEmpty; line++)
        {
            var (start, norm) = (walk.Start(line), 0.0);
            for (var k = 0; k < walk.Length; k++)
            {
                double value = x[start + k * walk.Inner];
                norm += _p == 1 ? Math.Abs(value) : value * value;
            }
            if (_p == 2) norm = Math.Sqrt(norm);
            for (var k = 0; k < walk.Length; k++)
                y[start + k * walk.Inner] = norm == 0 ? 0 : (float)(x[start + k * walk.Inner] / norm);
        }
    }
}

/// <summary>Dropout when nothing is trained: the tensor itself, and where asked for a mask that is true everywhere.</summary>
internal sealed class Dropout : Kernel
{
    public Dropout(NodeReader node) => node.Ignore("ratio", "seed");

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (Optional(inputs, 2) is { Count: 1 } training && training.Booleans[0])
            throw new GraphFault("input 2 (training_mode) is true: only inference is supported");
        outputs[0].CopyFrom(input, input.Dims);
        if (outputs.Length == 1) return;
        outputs[1].Reset(ElementType.Boolean, input.Dims);
        outputs[1].Booleans.Fill(true);
    }
}
