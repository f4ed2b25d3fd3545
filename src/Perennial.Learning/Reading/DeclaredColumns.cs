namespace Perennial.Learning.Reading;

/// <summary>The columns that the options name.</summary>
internal static class DeclaredColumns
{
    /// <summary>Refuses a file that lacks one of them.</summary>
    /// <exception cref="DataFormatException">It does.</exception>
    /// <exception cref="ArgumentException">The schema names a column twice.</exception>
    public static void Check(ReadOptions options, IReadOnlyList<string> names)
    {
        if (options.Schema?.Select(s => s.Name).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The schema names column '{twice.Key}' twice.");
        var wanted = (options.AbsentIsMissing ? [] : options.Schema?.Select(s => s.Name) ?? []).Concat(options.Types.Keys);
        if (wanted.FirstOrDefault(name => !names.Contains(name)) is not { } absent) return;
        var has = string.Join(", ", names.Take(20)) + (names.Count > 20 ? ", …" : "");
        throw new DataFormatException(options.Source, "missing-column", $"The file has no such column; it has: {has}.", null, absent);
    }
}
