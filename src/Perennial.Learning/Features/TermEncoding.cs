using System.Runtime.CompilerServices;
using Perennial.Learning.Frames;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Features;

/// <summary>
/// Applies <see cref="TermFrequencies"/> with the arithmetic of the exported nodes: a count times its weight, squares summed in float32 in
/// the order of the terms, and each value divided by the root of that sum. Zeros add nothing, so they can be left out.
/// </summary>
internal static class TermEncoding
{
    private static readonly ConditionalWeakTable<TermFrequencies, TermTable> Tables = [];

    /// <summary>The features of every row; a later file's reader may have taken the column for categories, whose levels are texts.</summary>
    public static FeatureBlock Encode(TermFrequencies transform, Column column)
    {
        if (column is not (TextColumn or CategoricalColumn))
            throw new ArgumentException($"Column '{column.Name}' has the type {column.Type}, where words are looked for in text.");
        var table = Tables.GetValue(transform, TableOf);
        var starts = new int[column.Length + 1];
        var (features, values) = (new List<int>(), new List<float>());
        var words = new NumberList();
        var hits = new NumberList();
        for (var row = 0; row < column.Length; row++)
        {
            words.Clear();
            hits.Clear();
            var walk = Words.Of(Words.Lower(column.Format(row) ?? ""));
            while (walk.MoveNext()) words.Add(table.NumberOf(walk.Current));
            table.Find(words.Items, 1, 1, table.Longest, ref hits);
            Weigh(transform.Weights, hits.Items, features, values);
            starts[row + 1] = features.Count;
        }
        words.Dispose();
        hits.Dispose();
        return new ListedFeatures(starts, [.. features], [.. values], transform.Terms.Count);
    }

    private static TermTable TableOf(TermFrequencies transform)
    {
        var table = new TermTable();
        foreach (var (words, term) in transform.Spellings) table.TryAdd(words.Split(' '), term);
        return table;
    }

    private static void Weigh(IReadOnlyList<float> weights, Span<int> hits, List<int> features, List<float> values)
    {
        hits.Sort();
        var first = values.Count;
        var squares = 0f;
        for (var i = 0; i < hits.Length;)
        {
            var count = 1;
            while (i + count < hits.Length && hits[i + count] == hits[i]) count++;
            var value = count * weights[hits[i]];
            squares += value * value;
            features.Add(hits[i]);
            values.Add(value);
            i += count;
        }
        var length = MathF.Sqrt(squares);
        for (var i = first; i < values.Count; i++) values[i] /= length;
    }
}
