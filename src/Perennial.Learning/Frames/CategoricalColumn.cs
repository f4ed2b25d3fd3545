namespace Perennial.Learning.Frames;

/// <summary>Dictionary-coded strings. An empty string is a value like any other; missing is the code -1.</summary>
public sealed class CategoricalColumn(string name, int[] codes, string[] levels) : Column(name, codes.Length)
{
    /// <summary>The code of a missing value.</summary>
    public const int Missing = -1;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Categorical;

    /// <summary>One code a row: an index into <see cref="Levels"/>, or -1 where missing.</summary>
    public ReadOnlySpan<int> Codes => codes;

    /// <summary>The distinct values in ordinal order, so that codes never depend on the order of rows. A level need not occur.</summary>
    public ReadOnlySpan<string> Levels => levels;

    /// <summary>The value at a row; null when missing.</summary>
    public string? this[int row] => codes[row] < 0 ? null : levels[codes[row]];

    /// <inheritdoc/>
    public override bool IsMissing(int row) => codes[row] < 0;

    /// <inheritdoc/>
    public override string? Format(int row) => this[row];

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = codes[rows[i]];
        return new CategoricalColumn(Name, taken, levels);
    }

    /// <summary>Codes the given strings; null is missing.</summary>
    public static CategoricalColumn From(string name, IReadOnlyList<string?> values)
    {
        var levels = values.Where(v => v is not null).Select(v => v!).Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(levels, StringComparer.Ordinal);
        var codeOf = new Dictionary<string, int>(levels.Length, StringComparer.Ordinal);
        for (var code = 0; code < levels.Length; code++) codeOf[levels[code]] = code;
        var codes = new int[values.Count];
        for (var row = 0; row < codes.Length; row++) codes[row] = values[row] is { } value ? codeOf[value] : Missing;
        return new CategoricalColumn(name, codes, levels);
    }
}
