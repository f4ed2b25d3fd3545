using Perennial.Learning.Features;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Onnx.Export;

/// <summary>
/// Writes the terms of a text column. The locale is C because every machine has it, so ASCII letters alone are lower-cased; other capitals
/// are among the pool's spellings. Counts are weighed by a node of their own: releases of ONNX Runtime differ in whether a weight of a
/// TfIdfVectorizer is an n-gram's or an output's, and here n-grams share outputs.
/// </summary>
internal static class TermExport
{
    public static string Write(GraphBuilder graph, TermFrequencies transform, string input)
    {
        var flat = graph.Node("Reshape", [input, graph.Longs([-1], 1)]);
        var lower = graph.Node("StringNormalizer", [flat],
            GraphBuilder.Text("case_change_action", "LOWER"), GraphBuilder.Int("is_case_sensitive", 1), GraphBuilder.Text("locale", "C"));
        var tokens = graph.MicrosoftNode("Tokenizer", [lower],
            GraphBuilder.Int("mark", 0),
            GraphBuilder.Int("mincharnum", Words.LeastCharacters),
            GraphBuilder.Text("pad_value", ""),
            GraphBuilder.Text("tokenexp", Words.Pattern));
        var counts = graph.Node("TfIdfVectorizer", [tokens], Pool(transform));
        var weighed = graph.Node("Mul", [counts, graph.Floats([.. transform.Weights], 1, transform.Weights.Count)]);
        return graph.MlNode("Normalizer", [weighed], null, GraphBuilder.Text("norm", "L2"));
    }

    private static Protos.AttributeProto[] Pool(TermFrequencies transform)
    {
        var spellings = transform.Spellings.Select(s => s.Words.Split(' ')).ToArray();
        var longest = spellings.Max(words => words.Length);
        var counts = new long[longest];
        for (var length = 1; length < longest; length++) counts[length] = counts[length - 1] + length * spellings.LongCount(words => words.Length == length);
        return
        [
            GraphBuilder.Int("max_gram_length", longest),
            GraphBuilder.Int("max_skip_count", 0),
            GraphBuilder.Int("min_gram_length", 1),
            GraphBuilder.Text("mode", "TF"),
            GraphBuilder.Ints("ngram_counts", counts),
            GraphBuilder.Ints("ngram_indexes", transform.Spellings.Select(s => (long)s.Term)),
            GraphBuilder.Texts("pool_strings", spellings.SelectMany(words => words)),
        ];
    }
}
