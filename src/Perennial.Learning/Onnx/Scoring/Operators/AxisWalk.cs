namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// A tensor seen from one axis: <see cref="Outer"/> stretches of <see cref="Length"/> steps of <see cref="Inner"/> elements. A line goes along the
/// axis; it begins at <see cref="Start"/> and its elements lie <see cref="Inner"/> apart.
/// </summary>
internal readonly ref struct AxisWalk
{
    public AxisWalk(Tensor tensor, long axis)
    {
        Axis = tensor.Axis(axis);
        (Outer, Inner) = (1, 1);
        Length = tensor.Dim(Axis);
        for (var d = 0; d < tensor.Rank; d++)
        {
            if (d < Axis) Outer *= tensor.Dim(d);
            if (d > Axis) Inner *= tensor.Dim(d);
        }
    }

    public int Axis { get; }

    public int Outer { get; }

    public int Length { get; }

    public int Inner { get; }

    public int Lines => Outer * Inner;

    public int Start(int line) => line / Inner * Length * Inner + line % Inner;
}
