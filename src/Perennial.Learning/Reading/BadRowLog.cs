namespace Perennial.Learning.Reading;

/// <summary>Collects bad rows and gives up soon after there are too many, with enough of them to show the pattern.</summary>
internal sealed class BadRowLog(ReadOptions options, string unit = "line")
{
    private const int Shown = 5;
    private readonly List<BadRow> _rows = [];

    public int Count => _rows.Count;

    public void Add(BadRow row)
    {
        _rows.Add(row);
        if (_rows.Count >= (long)options.MaxBadRows + Shown) Throw(atLeast: true);
    }

    /// <summary>All bad rows by line.</summary>
    /// <exception cref="DataFormatException">There are more than allowed.</exception>
    public IReadOnlyList<BadRow> Close()
    {
        if (_rows.Count > options.MaxBadRows) Throw(atLeast: false);
        return [.. _rows.OrderBy(r => r.Line)];
    }

    private void Throw(bool atLeast)
    {
        var first = _rows.OrderBy(r => r.Line).Take(Shown).ToArray();
        var list = string.Join("; ", first.Select(r => r.Column is null ? $"{unit} {r.Line:N0}: {r.Reason}" : $"{unit} {r.Line:N0}, column '{r.Column}': {r.Reason}"));
        var allowed = options.MaxBadRows == 0 ? "none is allowed" : $"{options.MaxBadRows:N0} are allowed";
        var count = $"{(atLeast ? "at least " : "")}{_rows.Count:N0} bad row{(_rows.Count == 1 && !atLeast ? "" : "s")}";
        throw new DataFormatException(options.Source, options.MaxBadRows == 0 ? first[0].Code : "too-many-bad-rows",
            $"{count}, {allowed}. {list}. Correct the file, or allow more bad rows.", first[0].Line, first[0].Column, unit);
    }
}
