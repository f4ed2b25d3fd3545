namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>Which line each row begins on; kept only where a row does not begin on the line after the one before.</summary>
internal sealed class LineMap
{
    private readonly List<(int Row, long Line)> _breaks = [];
    private int _rows;

    /// <summary>Says where the next row begins.</summary>
    public void Add(long line)
    {
        if (_breaks.Count == 0 || this[_rows] != line) _breaks.Add((_rows, line));
        _rows++;
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
