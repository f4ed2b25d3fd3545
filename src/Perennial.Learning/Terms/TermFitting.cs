using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Terms;

/// <summary>
/// Finds the terms of a text column: single words and pairs of neighbours that enough rows have, the most frequent ones first where there
/// are too many. The weights are ln((1 + rows) / (1 + rows with the term)) + 1, scikit-learn's smooth inverse document frequency.
/// Spellings that differ in capitals alone are one term.
/// </summary>
internal sealed class TermFitting
{
    // Words by their number, as they are spelt and as the terms have them.
    private readonly List<string> _spellings = [];
    private readonly List<int> _wordOf = [];
    private readonly List<string> _words = [];
    private readonly int[][] _rows;

    private TermFitting(Column column, CancellationToken cancellationToken)
    {
        _rows = new int[column.Length][];
        var numberOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var wordNumber = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = numberOf.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new NumberList();
        for (var row = 0; row < _rows.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.Clear();
            var words = Words.Of(Words.Lower(column.Format(row) ?? ""));
            while (words.MoveNext())
            {
                if (!lookup.TryGetValue(words.Current, out var number)) number = Add(words.Current.ToString(), numberOf, wordNumber);
                found.Add(number);
            }
            _rows[row] = found.Items.ToArray();
        }
        found.Dispose();
    }

    /// <summary>Fits; null where no term occurs in enough rows.</summary>
    public static TermFrequencies? Fit(Column column, FeatureOptions options, CancellationToken cancellationToken)
    {
        var fitting = new TermFitting(column, cancellationToken);
        var words = fitting.Count(pairs: false, _ => true, cancellationToken);
        var frequent = words.Where(w => w.Value.Rows >= options.MinTermRows).ToDictionary();
        var pairs = fitting.Count(pairs: true, word => frequent.ContainsKey(word), cancellationToken);
        var chosen = frequent.Concat(pairs.Where(p => p.Value.Rows >= options.MinTermRows))
            .Select(t => (t.Key, Text: fitting.TextOf(t.Key), t.Value.Rows, t.Value.Times))
            .OrderByDescending(t => t.Times).ThenBy(t => t.Text, StringComparer.Ordinal).Take(options.MaxTerms)
            .OrderBy(t => t.Key >= 0 ? 0 : 1).ThenBy(t => t.Text, StringComparer.Ordinal).ToArray();
        if (chosen.Length == 0) return null;
        var weights = chosen.Select(t => (float)(DeterministicMath.Log((1.0 + column.Length) / (1 + t.Rows)) + 1));
        var index = chosen.Select((term, i) => (term.Key, i)).ToDictionary(t => t.Key, t => t.i, TermKeys.Comparer);
        return new TermFrequencies(column.Name, [.. chosen.Select(t => t.Text)], [.. weights], fitting.Spellings(index, cancellationToken));
    }

    private int Add(string spelling, Dictionary<string, int> numberOf, Dictionary<string, int> wordNumber)
    {
        var word = spelling.ToLowerInvariant();
        if (!wordNumber.TryGetValue(word, out var at))
        {
            wordNumber.Add(word, at = _words.Count);
            _words.Add(word);
        }
        numberOf.Add(spelling, _spellings.Count);
        _spellings.Add(spelling);
        _wordOf.Add(at);
        return _spellings.Count - 1;
    }

    private string TextOf(long key) => key >= 0 ? _words[(int)key] : $"{_words[(int)(~key >> 32)]} {_words[(int)(~key & uint.MaxValue)]}";

    // In how many rows each term is and how often; of pairs only those of words that are allowed.
    private Dictionary<long, (int Rows, long Times)> Count(bool pairs, Func<long, bool> allowed, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<long, (int Rows, long Times)>(TermKeys.Comparer);
        var lastRow = new Dictionary<long, int>(TermKeys.Comparer);
        for (var row = 0; row < _rows.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i + (pairs ? 1 : 0) < _rows[row].Length; i++)
            {
                var first = _wordOf[_rows[row][i]];
                long key = first;
                if (pairs)
                {
                    var second = _wordOf[_rows[row][i + 1]];
                    if (!allowed(first) || !allowed(second)) continue;
                    key = TermKeys.Pair(first, second);
                }
                var before = counts.GetValueOrDefault(key);
                var again = lastRow.TryGetValue(key, out var last) && last == row;
                counts[key] = (before.Rows + (again ? 0 : 1), before.Times + 1);
                lastRow[key] = row;
            }
        }
        return counts;
    }

    private TermSpelling[] Spellings(Dictionary<long, int> index, CancellationToken cancellationToken)
    {
        var single = new List<TermSpelling>();
        for (var spelling = 0; spelling < _spellings.Count; spelling++)
            if (index.TryGetValue(_wordOf[spelling], out var term)) single.Add(new TermSpelling(_spellings[spelling], term));
        var seen = new HashSet<long>(TermKeys.Comparer);
        var twofold = new List<TermSpelling>();
        foreach (var row in _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i + 1 < row.Length; i++)
                if (index.TryGetValue(TermKeys.Pair(_wordOf[row[i]], _wordOf[row[i + 1]]), out var term) && seen.Add(TermKeys.Pair(row[i], row[i + 1])))
                    twofold.Add(new TermSpelling($"{_spellings[row[i]]} {_spellings[row[i + 1]]}", term));
        }
        return [.. InOrder(single), .. InOrder(twofold)];
    }

    // By term and spelling, so that the order of rows is not in the model.
    private static IEnumerable<TermSpelling> InOrder(IEnumerable<TermSpelling> spellings) =>
        spellings.OrderBy(s => s.Term).ThenBy(s => s.Words, StringComparer.Ordinal);
}
