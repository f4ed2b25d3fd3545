namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>The features that each string gives, where a graph tells a limited number of strings apart.</summary>
internal sealed class TextLookup
{
    private readonly Dictionary<string, int> _rows;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _rowsOfChars;
    private readonly float[] _features;
    private readonly int _position;
    private readonly int _width;

    /// <summary>Takes the strings, and their features row by row; one row more is for every other string.</summary>
    public TextLookup(IReadOnlyList<string> keys, float[] features, int position)
    {
        (_features, _position, _width) = (features, position, features.Length / (keys.Count + 1));
        _rows = new Dictionary<string, int>(keys.Count, StringComparer.Ordinal);
        for (var row = 0; row < keys.Count; row++) _rows.Add(keys[row], row);
        _rowsOfChars = _rows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The row of features of a string.</summary>
    public int RowOf(ReadOnlySpan<char> text) => _rowsOfChars.TryGetValue(text, out var row) ? row : _rows.Count;

    /// <summary>Writes the features of a row of them to their place among all features of a row.</summary>
    public void Write(int row, Span<float> features)
    {
        if (_width == 1) features[_position] = _features[row];
        else _features.AsSpan(row * _width, _width).CopyTo(features.Slice(_position, _width));
    }
}
