namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// alpha * A * B + beta * C on float tables, either transposed on wish. A product is summed in float32 from the first term to the last
/// beginning from 0, then scaled, then C is added, so that results are the same everywhere.
/// </summary>
internal sealed class Gemm(NodeReader node) : Kernel
{
    private readonly float _alpha = node.Float("alpha", 1);
    private readonly float _beta = node.Float("beta", 1);
    private readonly bool _transA = node.Int("transA", 0) != 0;
    private readonly bool _transB = node.Int("transB", 0) != 0;

    /// <summary>Whether this is A times B, or B transposed, and C, without factors.</summary>
    public bool IsPlain => _alpha == 1 && _beta == 1 && !_transA;

    public bool TransposesB => _transB;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (a, b, c) = (Required(inputs, 0), Required(inputs, 1), Optional(inputs, 2));
        Matrices.Multiply(a, _transA, b, _transB, outputs[0]);
        var product = outputs[0].Floats;
        if (_alpha != 1)
            for (var i = 0; i < product.Length; i++) product[i] *= _alpha;
        if (c is not null) AddBias(c, outputs[0]);
    }

    private void AddBias(Tensor c, Tensor output)
    {
        var (rows, columns) = (output.Dim(0), output.Dim(1));
        var (high, wide) = (c.Dim(c.Rank - 2), c.Dim(c.Rank - 1));
        if (c.Rank > 2 || (high != 1 && high != rows) || (wide != 1 && wide != columns))
            throw new GraphFault($"input 2 of shape [{string.Join(", ", c.Dims.ToArray())}] cannot be broadcast to [{rows}, {columns}]");
        var bias = c.Floats;
        var product = output.Floats;
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < columns; k++)
            {
                var value = bias[(high == 1 ? 0 : r) * wide + (wide == 1 ? 0 : k)];
                product[r * columns + k] += _beta == 1 ? value : _beta * value;
            }
        }
    }
}

/// <summary>The product of two float tables.</summary>
internal sealed class MatMul : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs) =>
        Matrices.Multiply(Required(inputs, 0), false, Required(inputs, 1), false, outputs[0]);
}

/// <summary>The product behind Gemm and MatMul.</summary>
internal static class Matrices
{
    public static void Multiply(Tensor a, bool transA, Tensor b, bool transB, Tensor output)
    {
        if (a.Rank != 2 || b.Rank != 2) throw new GraphFault($"inputs have {a.Rank} and {b.Rank} axes; only tables are supported");
        var (rows, inner) = transA ? (a.Dim(1), a.Dim(0)) : (a.Dim(0), a.Dim(1));
        var (depth, columns) = transB ? (b.Dim(1), b.Dim(0)) : (b.Dim(0), b.Dim(1));
        if (inner != depth) throw new GraphFault($"{inner} columns of the first table meet {depth} rows of the second");
        output.Reset(ElementType.Float, rows, columns);
        output.Work((long)rows * columns * inner);
        var x = a.Floats;
        var y = b.Floats;
        var product = output.Floats;
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                var sum = 0f;
                var (i, stepI) = transA ? (r, rows) : (r * inner, 1);
                var (j, stepJ) = transB ? (c * inner, 1) : (c, columns);
                for (var k = 0; k < inner; k++, i += stepI, j += stepJ) sum += x[i] * y[j];
                product[r * columns + c] = sum;
            }
        }
    }
}

/// <summary>Softmax along an axis, in double by the deterministic exponential, summed from first to last.</summary>
internal sealed class Softmax(NodeReader node) : Kernel
{
    private readonly long _axis = node.Int("axis", -1);

    public long Axis => _axis;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var axis = input.Axis(_axis);
        var inner = 1;
        for (var d = axis + 1; d < input.Rank; d++) inner *= input.Dim(d);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var from = input.Floats;
        var to = outputs[0].Floats;
        var length = input.Dim(axis);
        if (to.IsEmpty) return;
        var buffer = length <= 256 ? stackalloc double[length] : new double[length];
        for (var line = 0; line < to.Length / length; line++)
        {
            var start = line / inner * length * inner + line % inner;
            for (var k = 0; k < length; k++) buffer[k] = from[start + k * inner];
            Numerics.DeterministicMath.Softmax(buffer);
            for (var k = 0; k < length; k++) to[start + k * inner] = (float)buffer[k];
        }
    }
}
