namespace Perennial.Learning.Reading;

/// <summary>Which line each row begins on; kept only where a row does not begin on the line after the one before.</summary>
/// <param name="unit">What a file's lines are called.</param>
internal sealed class LineMap(string unit = "line")
{
    private readonly List<(int Row, long Line)> _breaks = [];
    private long _expected = -1;

    public int Rows { get; private set; }

    public string Unit => unit;

    /// <summary>Says that so many rows follow, the first on this line and each on the line after the one before.</summary>
    public void Add(long line, int rows = 1)
    {
        if (rows == 0) return;
        if (line != _expected) _breaks.Add((Rows, line));
        Rows += rows;
        _expected = line + rows;
    }

    /// <summary>Adds the rows of another map, whose lines count from <paramref name="firstLine"/>.</summary>
    public void Append(LineMap other, long firstLine)
    {
        for (var i = 0; i < other._breaks.Count; i++)
        {
            var end = i + 1 < other._breaks.Count ? other._breaks[i + 1].Row : other.Rows;
            Add(firstLine + other._breaks[i].Line, end - other._breaks[i].Row);
        }
    }

    public long this[int row]
    {
        get
        {
            var (low, high) = (0, _breaks.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (_breaks[middle].Row <= row) low = middle;
                else high = middle - 1;
            }
            return _breaks[low].Line + (row - _breaks[low].Row);
        }
    }
}
