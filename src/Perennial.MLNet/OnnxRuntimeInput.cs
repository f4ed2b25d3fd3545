using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;

namespace Perennial.MLNet;

/// <summary>Which columns of a frame fill an input of a session, and how: as <c>docs/onnx.md</c> lays down for every scorer.</summary>
internal sealed class OnnxRuntimeInput
{
    private const int MostColumns = 10_000;
    private const long MissingSeconds = long.MinValue;
    private static readonly long UnixSeconds = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;

    private readonly string _name;
    private readonly Type _type;
    private readonly int _rank;

    private OnnxRuntimeInput(string name, Type type, int rank, IReadOnlyList<ColumnSchema> columns) =>
        (_name, _type, _rank, Columns) = (name, type, rank, columns);

    /// <summary>The columns, in the order of the input's second axis.</summary>
    public IReadOnlyList<ColumnSchema> Columns { get; }

    /// <summary>Binds every input, by the metadata where there are any, else by name and type.</summary>
    /// <exception cref="OnnxFormatException">An input is no column or table; the message names it.</exception>
    public static OnnxRuntimeInput[] Bind(InferenceSession session, GraphMetadata metadata)
    {
        var names = session.InputNames;
        if (names.Count == 0) throw new OnnxFormatException("The graph has no input.");
        if (metadata.Columns is { } known && known.Count != names.Count)
            throw new OnnxFormatException($"The model's metadata name {known.Count} columns, the graph has {names.Count} inputs.");
        return [.. names.Select(name => Bind(name, session.InputMetadata[name], metadata, only: names.Count == 1))];
    }

    private static OnnxRuntimeInput Bind(string name, NodeMetadata input, GraphMetadata metadata, bool only)
    {
        if (!input.IsTensor) throw new OnnxFormatException($"Input '{name}' is not a tensor.");
        var rank = input.Dimensions.Length;
        if (rank is < 1 or > 2) throw new OnnxFormatException($"Input '{name}' has a shape of {rank} axes; supported are rows, or rows and columns.");
        var width = rank == 1 ? 1 : input.Dimensions[1];
        if (width is < 1 or > MostColumns) throw new OnnxFormatException($"Input '{name}' has {width} columns; a number from 1 to {MostColumns} is expected.");
        var type = TypeOf(name, input.ElementType);
        if (metadata.Columns is not { } known)
        {
            var prefix = only ? "f" : name + ".";
            return new OnnxRuntimeInput(name, input.ElementType, rank, [.. Enumerable.Range(0, width).Select(c => new ColumnSchema(width == 1 ? name : $"{prefix}{c}", type))]);
        }
        if (!known.TryGetValue(name, out var column)) throw new OnnxFormatException($"The model's metadata do not name the input '{name}'.");
        var expected = column.Type switch
        {
            ColumnType.Categorical or ColumnType.Text => typeof(string),
            ColumnType.Timestamp => typeof(long),
            _ => typeof(float),
        };
        if (input.ElementType != expected || width != 1)
            throw new OnnxFormatException($"Input '{name}' has {width} columns of {input.ElementType.Name}; it cannot hold the {column.Type} column '{column.Name}'.");
        return new OnnxRuntimeInput(name, input.ElementType, rank, [column]);
    }

    /// <summary>Some rows of its columns as a value for the session.</summary>
    public NamedOnnxValue Fill(ReadOnlySpan<Column> columns, int start, int count)
    {
        if (_type == typeof(string)) return Value(columns, start, count, (column, row) => column.Format(row) ?? "");
        if (_type == typeof(bool)) return Value(columns, start, count, (column, row) => ((BooleanColumn)column).Values[row] == 1);
        if (_type == typeof(float)) return Value(columns, start, count, (column, row) => (float)Number(column, row));
        if (_type == typeof(double)) return Value(columns, start, count, Number);
        if (_type == typeof(int)) return Value(columns, start, count, (column, row) => (int)Math.Clamp(Integer(column, row), int.MinValue, int.MaxValue));
        return Value(columns, start, count, Integer);
    }

    private NamedOnnxValue Value<T>(ReadOnlySpan<Column> columns, int start, int count, Func<Column, int, T> read)
    {
        var values = new T[count * columns.Length];
        for (var row = 0; row < count; row++)
            for (var c = 0; c < columns.Length; c++) values[(row * columns.Length) + c] = read(columns[c], start + row);
        ReadOnlySpan<int> shape = _rank == 1 ? [count] : [count, columns.Length];
        return NamedOnnxValue.CreateFromTensor(_name, new DenseTensor<T>(values, shape));
    }

    private static double Number(Column column, int row) => column switch
    {
        NumericColumn numeric => numeric.Values[row],
        BooleanColumn boolean => boolean.Values[row] < 0 ? double.NaN : boolean.Values[row],
        _ => throw new ArgumentException($"Column '{column.Name}' has the type {column.Type}, of which no number can be made."),
    };

    private static long Integer(Column column, int row) => column switch
    {
        TimestampColumn timestamp => timestamp.IsMissing(row) ? MissingSeconds : (timestamp.Ticks[row] / TimeSpan.TicksPerSecond) - UnixSeconds,
        _ => Number(column, row) is var number && double.IsNaN(number) ? MissingSeconds : (long)number,
    };

    private static ColumnType TypeOf(string name, Type type) =>
        type == typeof(string) ? ColumnType.Categorical
        : type == typeof(bool) ? ColumnType.Boolean
        : type == typeof(float) || type == typeof(double) || type == typeof(long) || type == typeof(int) ? ColumnType.Numeric
        : throw new OnnxFormatException($"Input '{name}' holds {type.Name}; supported are floats, doubles, integers of 32 and 64 bits, truth values and strings.");
}
