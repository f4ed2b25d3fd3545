using System.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// alpha * A * B + beta * C on tables of floats or doubles, either transposed on wish. A product is summed in its own type from the first term to the last
/// beginning from 0, then scaled, then C is added, so that results are the same everywhere.
/// </summary>
internal sealed class Gemm(NodeReader node) : NumericKernel
{
    private readonly float _alpha = node.Float("alpha", 1);
    private readonly float _beta = node.Float("beta", 1);
    private readonly bool _transA = node.Int("transA", 0) != 0;
    private readonly bool _transB = node.Int("transB", 0) != 0;

    /// <summary>Whether this is A times B, or B transposed, and C, without factors.</summary>
    public bool IsPlain => _alpha == 1 && _beta == 1 && !_transA;

    public bool TransposesB => _transB;

    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (a, b, c) = (Required(inputs, 0), Required(inputs, 1), Optional(inputs, 2));
        Matrices.Multiply<T>(a, _transA, b, _transB, outputs[0]);
        var product = outputs[0].Elements<T>();
        if (_alpha != 1)
            for (var i = 0; i < product.Length; i++) product[i] *= T.CreateSaturating(_alpha);
        if (c is not null) AddBias<T>(c, outputs[0]);
    }

    private void AddBias<T>(Tensor c, Tensor output) where T : struct, INumber<T>
    {
        var beta = T.CreateSaturating(_beta);
        var (rows, columns) = (output.Dim(0), output.Dim(1));
        var (high, wide) = (c.Dim(c.Rank - 2), c.Dim(c.Rank - 1));
        if (c.Rank > 2 || (high != 1 && high != rows) || (wide != 1 && wide != columns))
            throw new GraphFault($"input 2 of shape [{string.Join(", ", c.Dims.ToArray())}] cannot be broadcast to [{rows}, {columns}]");
        var bias = c.Elements<T>();
        var product = output.Elements<T>();
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < columns; k++)
            {
                var value = bias[(high == 1 ? 0 : r) * wide + (wide == 1 ? 0 : k)];
                product[r * columns + k] += _beta == 1 ? value : beta * value;
            }
        }
    }
}

/// <summary>
/// The product of two tables, or of a table for every step of the first input's leading axes; a single axis is a row on the left and a
/// column on the right, and is left out of the result.
/// </summary>
internal sealed class MatMul : NumericKernel
{
    protected override void Run<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (a, b) = (Required(inputs, 0), Required(inputs, 1));
        if (b.Rank is < 1 or > 2) throw new GraphFault($"input 1 has {b.Rank} axes; only a table or a column is supported");
        if (a.Rank == 2 && b.Rank == 2)
        {
            Matrices.Multiply<T>(a, false, b, false, outputs[0]);
            return;
        }
        if (a.Rank == 0) throw new GraphFault("input 0 has no axis");
        var inner = a.Dim(a.Rank - 1);
        var (left, right) = (outputs[0].Another(), outputs[0].Another());
        left.CopyFrom(a, inner == 0 ? 0 : a.Count / inner, inner);
        right.CopyFrom(b, b.Dim(0), b.Rank == 2 ? b.Dim(1) : 1);
        var product = outputs[0].Another();
        Matrices.Multiply<T>(left, false, right, false, product);
        Span<int> dims = stackalloc int[a.Rank];
        a.Dims.CopyTo(dims);
        dims[^1] = right.Dim(1);
        outputs[0].CopyFrom(product, b.Rank == 2 ? dims : dims[..^1]);
    }
}

/// <summary>The product behind Gemm and MatMul.</summary>
internal static class Matrices
{
    public static void Multiply<T>(Tensor a, bool transA, Tensor b, bool transB, Tensor output) where T : struct, INumber<T>
    {
        if (a.Rank != 2 || b.Rank != 2) throw new GraphFault($"inputs have {a.Rank} and {b.Rank} axes; only tables are supported");
        var (rows, inner) = transA ? (a.Dim(1), a.Dim(0)) : (a.Dim(0), a.Dim(1));
        var (depth, columns) = transB ? (b.Dim(1), b.Dim(0)) : (b.Dim(0), b.Dim(1));
        if (inner != depth) throw new GraphFault($"{inner} columns of the first table meet {depth} rows of the second");
        output.Reset(a.Type, rows, columns);
        output.Work((long)rows * columns * inner);
        var x = a.Elements<T>();
        var y = b.Elements<T>();
        var product = output.Elements<T>();
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                var sum = T.Zero;
                var (i, stepI) = transA ? (r, rows) : (r * inner, 1);
                var (j, stepJ) = transB ? (c * inner, 1) : (c, columns);
                for (var k = 0; k < inner; k++, i += stepI, j += stepJ) sum += x[i] * y[j];
                product[r * columns + c] = sum;
            }
        }
    }
}
