namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>An operator on the columns of a table of numbers, taken as floats, with one parameter for all of them or one each.</summary>
internal abstract class ColumnKernel : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var columns = input.Dim(input.Rank - 1);
        outputs[0].Reset(ElementType.Float, input.Dims);
        var from = Numbers.Of(input);
        var to = outputs[0].Floats;
        if (!to.IsEmpty) Map(from, to, columns);
    }

    protected abstract void Map(ReadOnlySpan<float> from, Span<float> to, int columns);

    protected static float Of(float[] parameters, int column, string name, int columns) =>
        parameters.Length == 1 ? parameters[0]
        : parameters.Length == columns ? parameters[column]
        : throw new GraphFault($"attribute '{name}' has {parameters.Length} elements for {columns} columns");
}

/// <summary>Replaces one value, by default NaN, by a column's imputed value.</summary>
internal sealed class Imputer : ColumnKernel
{
    private readonly float[] _imputed;
    private readonly float _replaced;

    public Imputer(NodeReader node)
    {
        _imputed = node.Floats("imputed_value_floats");
        _replaced = node.Float("replaced_value_float", float.NaN);
        if (_imputed.Length == 0) throw new GraphFault("attribute 'imputed_value_floats' is missing; only floats are supported");
        node.Ignore("replaced_value_int64");
    }

    protected override void Map(ReadOnlySpan<float> from, Span<float> to, int columns)
    {
        for (var i = 0; i < to.Length; i++)
        {
            var replace = from[i] == _replaced || (float.IsNaN(_replaced) && float.IsNaN(from[i]));
            to[i] = replace ? Of(_imputed, i % columns, "imputed_value_floats", columns) : from[i];
        }
    }
}

/// <summary>(x - offset) * scale.</summary>
internal sealed class Scaler(NodeReader node) : ColumnKernel
{
    private readonly float[] _offset = node.Floats("offset");
    private readonly float[] _scale = node.Floats("scale");

    protected override void Map(ReadOnlySpan<float> from, Span<float> to, int columns)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = (from[i] - Of(_offset, i % columns, "offset", columns)) * Of(_scale, i % columns, "scale", columns);
    }
}

/// <summary>Divides every row by its maximum, its sum of magnitudes or its length; a row whose divisor is 0 stays as it is.</summary>
internal sealed class Normalizer : ColumnKernel
{
    private readonly string _norm;

    public Normalizer(NodeReader node)
    {
        _norm = node.Text("norm", "MAX");
        if (_norm is not ("MAX" or "L1" or "L2")) throw new GraphFault($"attribute 'norm' is '{_norm}'; supported are MAX, L1, L2");
    }

    protected override void Map(ReadOnlySpan<float> from, Span<float> to, int columns)
    {
        for (var start = 0; start < to.Length; start += columns)
        {
            var divisor = Norm(from.Slice(start, columns));
            for (var i = start; i < start + columns; i++) to[i] = divisor == 0 ? from[i] : from[i] / divisor;
        }
    }

    private float Norm(ReadOnlySpan<float> row)
    {
        var norm = _norm == "MAX" ? row[0] : 0f;
        foreach (var value in row)
        {
            norm = _norm switch
            {
                "MAX" => value > norm ? value : norm,
                "L1" => norm + MathF.Abs(value),
                _ => norm + value * value,
            };
        }
        return _norm == "L2" ? MathF.Sqrt(norm) : norm;
    }
}

/// <summary>1 where a number is greater than the threshold, else 0.</summary>
internal sealed class Binarizer(NodeReader node) : ColumnKernel
{
    private readonly float _threshold = node.Float("threshold", 0);

    protected override void Map(ReadOnlySpan<float> from, Span<float> to, int columns)
    {
        for (var i = 0; i < to.Length; i++) to[i] = from[i] > _threshold ? 1 : 0;
    }
}

/// <summary>Tables of numbers side by side, as floats; one axis is one column. The widths that the node declares must be those there are.</summary>
internal sealed class FeatureVectorizer(NodeReader node) : Kernel
{
    private readonly long[] _widths = node.Ints("inputdimensions");

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (rows, total) = (Required(inputs, 0).Table().Rows, 0L);
        for (var i = 0; i < inputs.Length; i++)
        {
            var (height, width) = Required(inputs, i).Table();
            if (height != rows) throw new GraphFault($"input {i} has {height} rows, the first has {rows}");
            if (_widths.Length > 0 && (_widths.Length != inputs.Length || _widths[i] != width))
                throw new GraphFault($"attribute 'inputdimensions' does not say that input {i} has {width} columns");
            total += width;
        }
        outputs[0].Reset(ElementType.Float, rows, (int)Math.Min(total, int.MaxValue));
        var to = outputs[0].Floats;
        var offset = 0;
        foreach (var input in inputs)
        {
            var width = input!.Table().Columns;
            var from = Numbers.Of(input);
            for (var r = 0; r < rows; r++) from.Slice(r * width, width).CopyTo(to[(r * (int)total + offset)..]);
            offset += width;
        }
    }
}
