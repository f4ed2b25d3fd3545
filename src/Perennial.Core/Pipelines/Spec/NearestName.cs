namespace Perennial.Core.Pipelines.Spec;

/// <summary>Finds the name a person most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest edits (optimal string alignment distance), the first one on a tie; null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        var (best, fewest) = (default(string), int.MaxValue);
        foreach (var name in names)
        {
            // A third of the letters wrong is a typo; more is another word, and so is a single letter for another.
            var longest = Math.Max(written.Length, name.Length);
            var edits = Distance(written.ToLowerInvariant(), name.ToLowerInvariant());
            if (edits < fewest && edits <= Math.Max(1, longest / 3) && edits < longest) (best, fewest) = (name, edits);
        }

        return best;
    }

    /// <summary>The same as a clause for a message: ": did you mean 'x'?", or empty.</summary>
    public static string Clause(string written, IEnumerable<string> names) => Of(written, names) is { } name ? $": did you mean '{name}'?" : "";

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 16) return int.MaxValue;
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) edits[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) edits[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[a.Length, b.Length];
    }
}
