using Perennial.Learning.Frames;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Which columns of a frame fill one graph input, and how.</summary>
/// <param name="Type">The input's element type.</param>
/// <param name="Rank">1 or 2 axes.</param>
/// <param name="Columns">The columns, in the order of the input's second axis.</param>
internal sealed record InputBinding(ElementType Type, int Rank, ColumnSchema[] Columns)
{
    /// <summary>Binds an input of a graph that says nothing of columns: by its type, with names made of its own.</summary>
    public static InputBinding Of(ValueInfoProto input, bool only)
    {
        var (type, rank, width) = Read(input);
        var columnType = type switch
        {
            ElementType.String => ColumnType.Categorical,
            ElementType.Boolean => ColumnType.Boolean,
            _ => ColumnType.Numeric,
        };
        var prefix = only ? "f" : input.Name + ".";
        var columns = new ColumnSchema[width];
        for (var c = 0; c < width; c++) columns[c] = new ColumnSchema(width == 1 ? input.Name : $"{prefix}{c}", columnType);
        return new InputBinding(type, rank, columns);
    }

    /// <summary>Binds an input to the one column that the model's metadata names.</summary>
    public static InputBinding Of(ValueInfoProto input, ColumnSchema column)
    {
        var (type, rank, width) = Read(input);
        var expected = column.Type switch
        {
            ColumnType.Categorical or ColumnType.Text => ElementType.String,
            ColumnType.Timestamp => ElementType.Int64,
            _ => ElementType.Float,
        };
        if (type != expected || width != 1)
            throw new OnnxFormatException(
                $"Input '{input.Name}' has {width} columns of {type}; it cannot hold the {column.Type} column '{column.Name}'.");
        return new InputBinding(type, rank, [column]);
    }

    /// <summary>Fills the input with <paramref name="count"/> rows of its columns, from row <paramref name="start"/> on.</summary>
    public void Fill(Tensor tensor, ReadOnlySpan<Column> columns, int start, int count)
    {
        Size(tensor, count);
        for (var c = 0; c < columns.Length; c++)
        {
            switch (columns[c])
            {
                case NumericColumn numeric when Type == ElementType.Int64: Integers(numeric.Values.Slice(start, count), tensor, c); break;
                case NumericColumn numeric when Type == ElementType.Double: Doubles(numeric.Values.Slice(start, count), tensor, c); break;
                case NumericColumn numeric: Numbers(numeric.Values.Slice(start, count), tensor, c); break;
                case BooleanColumn boolean: Booleans(boolean.Values.Slice(start, count), tensor, c); break;
                case TimestampColumn timestamp: Seconds(timestamp.Ticks.Slice(start, count), tensor, c); break;
                default: Strings(columns[c], start, tensor, c); break;
            }
        }
    }

    /// <summary>A number as an integer input takes it.</summary>
    public static long IntegerOf(double value) => double.IsNaN(value) ? OnnxContract.MissingSeconds : (long)value;

    /// <summary>A truth value, or <see cref="BooleanColumn.Missing"/>, as a float input takes it.</summary>
    public static float FloatOf(sbyte truth) => truth < 0 ? float.NaN : truth;

    /// <summary>An instant in ticks as an integer input takes it. Ticks count from year 1, so that division rounds down before 1970 too.</summary>
    public static long SecondsOf(long ticks) => ticks == TimestampColumn.Missing
        ? OnnxContract.MissingSeconds
        : ticks / TimeSpan.TicksPerSecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>The ticks of an instant that an integer input holds; not for the missing one.</summary>
    public static long TicksOf(long seconds) => (seconds + DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond;

    /// <summary>Makes room for some rows.</summary>
    public void Size(Tensor tensor, int rows)
    {
        if (Rank == 1) tensor.Reset(Type, rows);
        else tensor.Reset(Type, rows, Columns.Length);
    }

    private void Numbers(ReadOnlySpan<double> values, Tensor tensor, int column)
    {
        var to = tensor.Floats;
        for (var r = 0; r < values.Length; r++) to[r * Columns.Length + column] = (float)values[r];
    }

    private void Doubles(ReadOnlySpan<double> values, Tensor tensor, int column)
    {
        var to = tensor.Doubles;
        for (var r = 0; r < values.Length; r++) to[r * Columns.Length + column] = values[r];
    }

    private void Integers(ReadOnlySpan<double> values, Tensor tensor, int column)
    {
        var to = tensor.Longs;
        for (var r = 0; r < values.Length; r++)
            to[r * Columns.Length + column] = IntegerOf(values[r]);
    }

    // A graph of ours takes booleans as floats, so that missing is NaN; one from elsewhere has no missing, which is taken for false.
    private void Booleans(ReadOnlySpan<sbyte> values, Tensor tensor, int column)
    {
        if (Type == ElementType.Boolean)
            for (var r = 0; r < values.Length; r++) tensor.Booleans[r * Columns.Length + column] = values[r] == 1;
        else
            for (var r = 0; r < values.Length; r++) tensor.Floats[r * Columns.Length + column] = FloatOf(values[r]);
    }

    private void Seconds(ReadOnlySpan<long> ticks, Tensor tensor, int column)
    {
        var to = tensor.Longs;
        for (var r = 0; r < ticks.Length; r++) to[r * Columns.Length + column] = SecondsOf(ticks[r]);
    }

    private void Strings(Column column, int start, Tensor tensor, int at)
    {
        var to = tensor.Strings;
        for (var r = 0; r < tensor.Dim(0); r++) to[r * Columns.Length + at] = column.Format(start + r) ?? OnnxContract.MissingText;
    }

    private static (ElementType Type, int Rank, int Width) Read(ValueInfoProto input)
    {
        var tensor = input.Type?.TensorType ?? throw new OnnxFormatException($"Input '{input.Name}' is not a tensor.");
        var type = ElementType.Float;
        try
        {
            type = TensorReader.TypeOf(tensor.ElemType, $"Input '{input.Name}'");
        }
        catch (GraphFault fault)
        {
            throw new OnnxFormatException(fault.Message + ".", fault);
        }
        var rank = tensor.Shape?.Dim.Count ?? 0;
        if (rank is < 1 or > 2)
            throw new OnnxFormatException($"Input '{input.Name}' has a shape of {rank} axes; supported are rows, or rows and columns.");
        if (rank == 1) return (type, 1, 1);
        var width = tensor.Shape!.Dim[1].DimValue;
        if (width is < 1 or > Limits.InputColumns)
            throw new OnnxFormatException($"Input '{input.Name}' has {width} columns; a number from 1 to {Limits.InputColumns} is expected.");
        return (type, 2, (int)width);
    }
}
