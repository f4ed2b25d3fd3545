using System.Runtime.CompilerServices;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>
/// Multidirectional broadcasting of up to three tensors (ONNX, "Broadcasting in ONNX"): axes are matched from behind, a length of 1 is
/// repeated. Walks the output in stretches along its last axis.
/// </summary>
internal ref struct Broadcast
{
    private Axes _dims, _a, _b, _c, _counter;
    private int _rank;
    private int _next;

    /// <summary>Where the present stretch begins in each input.</summary>
    public int AtA, AtB, AtC;

    /// <summary>How far each input moves with an element of the stretch: 0 or 1.</summary>
    public int StepA, StepB, StepC;

    /// <summary>Where the present stretch begins in the output, and its length.</summary>
    public int Start, Length;

    [InlineArray(Limits.Rank)]
    private struct Axes
    {
        private int _first;
    }

    /// <summary>Sizes the output and stands before the first stretch. Where there is no third input, the second is given again.</summary>
    public static Broadcast Begin(Tensor a, Tensor b, Tensor c, Tensor output, ElementType type)
    {
        var walk = new Broadcast { _rank = Math.Max(1, Math.Max(a.Rank, Math.Max(b.Rank, c.Rank))) };
        for (var axis = 0; axis < walk._rank; axis++)
        {
            var behind = walk._rank - axis;
            var length = Merge(Merge(a.Dim(a.Rank - behind), b.Dim(b.Rank - behind)), c.Dim(c.Rank - behind));
            walk._dims[axis] = length;
        }
        walk._a = walk.Strides(a);
        walk._b = walk.Strides(b);
        walk._c = walk.Strides(c);
        var last = walk._rank - 1;
        (walk.StepA, walk.StepB, walk.StepC) = (walk._a[last], walk._b[last], walk._c[last]);
        var rank = a.Rank == 0 && b.Rank == 0 && c.Rank == 0 ? 0 : walk._rank;
        output.Reset(type, ((ReadOnlySpan<int>)walk._dims)[..rank]);
        walk.Length = walk._dims[last];
        walk._next = output.Count == 0 ? -1 : 0;
        return walk;
    }

    /// <summary>Moves on to the next stretch; false behind the last.</summary>
    public bool Move()
    {
        if (_next < 0) return false;
        Start = _next;
        (AtA, AtB, AtC) = (0, 0, 0);
        for (var axis = 0; axis < _rank - 1; axis++)
        {
            AtA += _counter[axis] * _a[axis];
            AtB += _counter[axis] * _b[axis];
            AtC += _counter[axis] * _c[axis];
        }
        Advance();
        return true;
    }

    private void Advance()
    {
        for (var axis = _rank - 2; axis >= 0; axis--)
        {
            if (++_counter[axis] < _dims[axis])
            {
                _next += Length;
                return;
            }
            _counter[axis] = 0;
        }
        _next = -1;
    }

    private readonly Axes Strides(Tensor tensor)
    {
        var strides = new Axes();
        var stride = 1;
        for (var axis = _rank - 1; axis >= 0; axis--)
        {
            var length = tensor.Dim(tensor.Rank - (_rank - axis));
            strides[axis] = length == 1 ? 0 : stride;
            stride *= length;
        }
        return strides;
    }

    private static int Merge(int one, int other) =>
        one == other || other == 1 ? one
        : one == 1 ? other
        : throw new GraphFault($"lengths {one} and {other} of an axis cannot be broadcast");
}
