using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Explanations;

/// <summary>What a word does to the score of the rows that have it.</summary>
/// <param name="Word">The word, its ASCII letters small.</param>
/// <param name="Rows">How many of the rows have it.</param>
/// <param name="Change">The mean of what it adds to the score of such a row: negative where the score is lower with it.</param>
public sealed record WordEffect(string Word, int Rows, double Change);

/// <summary>
/// What the words of a text column do, asked of the model itself by leaving each out of the texts that have it (J. Li, W. Monroe, D. Jurafsky
/// 2016, "Understanding neural networks through representation erasure"). Pairs of words that a model knows go with either word.
/// </summary>
public static class WordEffects
{
    /// <summary>The most words that are asked about: those whose rows' scores differ most from the others', given how many have them.</summary>
    public const int MostWords = 30;

    /// <summary>The most rows a word that are scored without it, spread evenly over those that have it.</summary>
    public const int MostRows = 100;

    // A word of fewer rows says more of those rows than of itself.
    private const int FewestRows = 5;

    /// <summary>The effects, the largest first whichever way; those that change nothing are left out.</summary>
    /// <param name="score">The model, of one output. It is called once a word.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="whole">Their scores as they are.</param>
    /// <param name="column">The text column.</param>
    /// <param name="cancellationToken">Stops between two words.</param>
    public static IReadOnlyList<WordEffect> Of(Func<Frame, Scores> score, Frame rows, Scores whole, string column, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(whole.Outputs, 1, nameof(whole));
        var texts = (TextColumn)rows[column];
        var effects = new List<WordEffect>();
        foreach (var (word, having) in Telling(texts, whole.Values))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(MostRows, having.Count);
            int[] asked = [.. Enumerable.Range(0, count).Select(i => having[(int)((long)i * having.Count / count)])];
            var without = score(Without(rows.Take(asked), column, word));
            var change = asked.Select((row, i) => whole.Values[row] - without.Values[i]).Average();
            if (change != 0) effects.Add(new WordEffect(word, having.Count, change));
        }
        return [.. effects.OrderByDescending(effect => Math.Abs(effect.Change)).ThenBy(effect => effect.Word, StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Word, List<int> Rows)> Telling(TextColumn texts, double[] scores)
    {
        var (total, all) = (scores.Sum(), (double)scores.Length);
        return RowsOf(texts).Where(word => word.Value.Count >= FewestRows && word.Value.Count < scores.Length)
            .OrderByDescending(word => Contrast(word.Value)).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Take(MostWords).Select(word => (word.Key, word.Value));

        // Proportional to the statistic of a t-test of the rows with the word against those without.
        double Contrast(List<int> having)
        {
            var sum = having.Sum(row => scores[row]);
            var (with, without) = (having.Count, all - having.Count);
            return Math.Abs((sum / with) - ((total - sum) / without)) * Math.Sqrt(with * without / all);
        }
    }

    private static Dictionary<string, List<int>> RowsOf(TextColumn texts)
    {
        var rows = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var lookup = rows.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var row = 0; row < texts.Length; row++)
        {
            if (texts.Values[row] is not { } text) continue;
            var walk = Words.Of(Words.Lower(text));
            while (walk.MoveNext())
            {
                if (!lookup.TryGetValue(walk.Current, out var having)) lookup[walk.Current] = having = [];
                if (having.Count == 0 || having[^1] != row) having.Add(row);
            }
        }
        return rows;
    }

    private static Frame Without(Frame rows, string column, string word)
    {
        var texts = (TextColumn)rows[column];
        var values = texts.Values.ToArray().Select(text => text is null ? null : Without(text, word)).ToArray();
        return new Frame([.. rows.Columns.Select(c => c.Name == column ? new TextColumn(column, values) : c)], rows.RowCount);
    }

    private static string Without(string text, string word)
    {
        // Lowering keeps the length, so places in the lowered text are those in the text.
        var lowered = Words.Lower(text);
        var kept = text.ToCharArray();
        var walk = Words.Of(lowered);
        while (walk.MoveNext())
            if (walk.Current.SequenceEqual(word) && lowered.AsSpan().Overlaps(walk.Current, out var at)) Array.Fill(kept, ' ', at, word.Length);
        return new string(kept);
    }
}
