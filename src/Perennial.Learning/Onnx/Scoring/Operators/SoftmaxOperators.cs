using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// An operator on the lines along an axis, in double. Before opset 13 a line is everything from the axis on, and the axis is by default
/// the second instead of the last.
/// </summary>
internal abstract class LineKernel(NodeReader node) : Kernel
{
    private readonly bool _flattened = node.Opset is > 0 and < 13;
    private readonly long _axis = node.Int("axis", node.Opset is > 0 and < 13 ? 1 : -1);

    public long Axis => _axis;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var walk = new AxisWalk(input, _axis);
        outputs[0].Reset(input.Type, input.Dims);
        if (input.Count == 0) return;
        outputs[0].Work(input.Count);
        var (length, stride) = _flattened ? (walk.Length * walk.Inner, 1) : (walk.Length, walk.Inner);
        var line = length <= 256 ? stackalloc double[length] : new double[length];
        for (var l = 0; l < input.Count / length; l++)
        {
            var start = _flattened ? l * length : walk.Start(l);
            if (input.Type == ElementType.Double)
            {
                for (var k = 0; k < length; k++) line[k] = input.Doubles[start + k * stride];
                Map(line);
                for (var k = 0; k < length; k++) outputs[0].Doubles[start + k * stride] = line[k];
                continue;
            }
            for (var k = 0; k < length; k++) line[k] = input.Floats[start + k * stride];
            Map(line);
            for (var k = 0; k < length; k++) outputs[0].Floats[start + k * stride] = (float)line[k];
        }
    }

    protected abstract void Map(Span<double> line);
}

/// <summary>Softmax, by the deterministic exponential, summed from first to last.</summary>
internal sealed class Softmax(NodeReader node) : LineKernel(node)
{
    protected override void Map(Span<double> line) => DeterministicMath.Softmax(line);
}

/// <summary>The logarithm of softmax: what is above the greatest, less the logarithm of the sum of exponentials.</summary>
internal sealed class LogSoftmax(NodeReader node) : LineKernel(node)
{
    protected override void Map(Span<double> line)
    {
        var greatest = line[0];
        foreach (var value in line) greatest = Math.Max(greatest, value);
        var sum = 0.0;
        foreach (var value in line) sum += DeterministicMath.Exp(value - greatest);
        var log = DeterministicMath.Log(sum);
        foreach (ref var value in line) value = value - greatest - log;
    }
}

/// <summary>1 for the first of the greatest of a line, 0 for the rest.</summary>
internal sealed class Hardmax(NodeReader node) : LineKernel(node)
{
    protected override void Map(Span<double> line)
    {
        var best = 0;
        for (var k = 1; k < line.Length; k++)
            if (line[k] > line[best]) best = k;
        line.Clear();
        line[best] = 1;
    }
}
