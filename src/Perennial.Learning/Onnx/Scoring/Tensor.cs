using System.Runtime.CompilerServices;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>The types of elements that the scorer computes with. Integers of other widths are computed as int64.</summary>
internal enum ElementType
{
    Float,
    Int64,
    String,
    Boolean,
    Double,
}

/// <summary>A row-major tensor whose buffer is used again from run to run. Rank 0 is a scalar.</summary>
internal sealed class Tensor(Meter? meter)
{
    private int[] _dims = new int[2];
    private Array _buffer = Array.Empty<float>();

    public ElementType Type { get; private set; }

    public int Rank { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<int> Dims => _dims.AsSpan(0, Rank);

    public Span<float> Floats => Span<float>(ElementType.Float);

    public Span<long> Longs => Span<long>(ElementType.Int64);

    public Span<string> Strings => Span<string>(ElementType.String);

    public Span<bool> Booleans => Span<bool>(ElementType.Boolean);

    public Span<double> Doubles => Span<double>(ElementType.Double);

    public static Type ClrType(ElementType type) => type switch
    {
        ElementType.Float => typeof(float),
        ElementType.Int64 => typeof(long),
        ElementType.String => typeof(string),
        ElementType.Double => typeof(double),
        _ => typeof(bool),
    };

    /// <summary>The elements as a given CLR type, which must be that of <see cref="Type"/>.</summary>
    public Span<T> Elements<T>() => Span<T>(TypeOf<T>());

    public static ElementType TypeOf<T>() =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(long) ? ElementType.Int64
        : typeof(T) == typeof(string) ? ElementType.String
        : typeof(T) == typeof(double) ? ElementType.Double
        : ElementType.Boolean;

    /// <summary>The length of an axis; 1 in front of the first.</summary>
    public int Dim(int axis) => axis < 0 ? 1 : _dims[axis];

    /// <summary>Makes room for elements whose old values do not count. <paramref name="dims"/> must not be this tensor's own.</summary>
    /// <exception cref="GraphFault">Too many axes or elements.</exception>
    public void Reset(ElementType type, params ReadOnlySpan<int> dims)
    {
        if (dims.Length > Limits.Rank) throw new GraphFault($"a tensor of {dims.Length} axes; at most {Limits.Rank} are supported");
        var count = 1L;
        foreach (var dim in dims)
        {
            if (dim < 0) throw new GraphFault("a tensor has a negative length");
            count *= dim;
            if (count > Limits.Elements) throw new GraphFault($"a tensor of more than {Limits.Elements} elements");
        }
        meter?.Made((int)count);
        if (_dims.Length < dims.Length) _dims = new int[Limits.Rank];
        dims.CopyTo(_dims);
        (Type, Rank, Count) = (type, dims.Length, (int)count);
        if (_buffer.GetType().GetElementType() != ClrType(type) || _buffer.Length < Count) _buffer = NewBuffer(type, Count);
    }

    /// <summary>Another tensor whose elements count against the same limits, for what a kernel needs between its inputs and outputs.</summary>
    public Tensor Another() => new(meter);

    /// <summary>Work that making this tensor takes beyond an operation an element.</summary>
    public void Work(long amount) => meter?.Work(amount);

    /// <summary>Takes the elements of another tensor under other dimensions of the same product.</summary>
    public void CopyFrom(Tensor source, params ReadOnlySpan<int> dims)
    {
        Reset(source.Type, dims);
        if (Count != source.Count)
            throw new GraphFault($"{source.Count} elements do not fit the shape [{string.Join(", ", dims.ToArray())}]");
        Array.Copy(source._buffer, _buffer, Count);
    }

    /// <summary>An axis counted from 0, where negative ones count from behind.</summary>
    public int Axis(long axis)
    {
        if (axis < -Rank || axis >= Rank) throw new GraphFault($"axis {axis} does not exist in a tensor of {Rank} axes");
        return (int)(axis < 0 ? axis + Rank : axis);
    }

    /// <summary>The rows and columns of a tensor that is a table; one axis is one row a value.</summary>
    public (int Rows, int Columns) Table() => Rank switch
    {
        1 => (Dim(0), 1),
        2 => (Dim(0), Dim(1)),
        _ => throw new GraphFault($"input has {Rank} axes where rows and columns are expected"),
    };

    private Span<T> Span<T>(ElementType type)
    {
        if (Type != type) throw new GraphFault($"a tensor of type {Type} stands where {type} is expected");
        return Unsafe.As<T[]>(_buffer).AsSpan(0, Count);
    }

    private static Array NewBuffer(ElementType type, int count) => type switch
    {
        ElementType.Float => new float[count],
        ElementType.Int64 => new long[count],
        ElementType.String => new string[count],
        ElementType.Double => new double[count],
        _ => new bool[count],
    };
}
