using Perennial.Core.Registry;
using Perennial.Learning.Frames;

namespace Perennial.Core.Serving;

/// <summary>Finds the categories of rows that a version was not trained on.</summary>
public static class UnseenLevels
{
    /// <summary>A function from a row to the columns whose category is unseen; null where there is none.</summary>
    public static Func<int, IReadOnlyList<string>?> In(ModelSignature signature, Frame frame)
    {
        var columns = new List<(CategoricalColumn Column, bool[] Unseen)>();
        foreach (var input in signature.Inputs)
        {
            if (input.Levels is not { } levels || frame.Find(input.Name) is not CategoricalColumn column) continue;
            var known = levels.ToHashSet(StringComparer.Ordinal);
            var unseen = new bool[column.Levels.Length];
            for (var code = 0; code < unseen.Length; code++) unseen[code] = !known.Contains(column.Levels[code]);
            if (unseen.Contains(true)) columns.Add((column, unseen));
        }
        return row =>
        {
            List<string>? names = null;
            foreach (var (column, unseen) in columns)
                if (column.Codes[row] is >= 0 and var code && unseen[code]) (names ??= []).Add(column.Name);
            return names;
        };
    }
}
