using System.Text.Json.Nodes;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using static Perennial.Learning.Onnx.Export.GraphBuilder;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;
using GraphBuilder = Perennial.Learning.Onnx.Export.GraphBuilder;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>The graphs behind the files in Golden that read text.</summary>
internal static class GoldenTexts
{
    public static readonly string?[] Remarks =
    [
        "Engine failure on take-off, ENGINE shut down", "bird strike: engine vibration", "Bird strike at 2000 ft", "no damage", null, "",
        "NO damage found after bird strike", "x y z", "café naïve 鳥鳥 CAFÉ Café", "take-off aborted; bird_strike, bird strike again", "!!! ... ---",
        "Über Öl, ÜBER ÖL über öl", "हिन्दी हिन्दी 𝒜𝒜 ½⅓ e\u0301te\u0301", "a\nbb\tcc\u00a0dd\u200bee bb-cc", "engine", "İstanbul ΑΣ ασ ﬀ ǅx Ⅷ①",
    ];

    public static IEnumerable<(string Name, GoldenCase Case)> All()
    {
        yield return ("text-linear", Exported());
        yield return ("text-separators", Foreign(6, Separators));
        yield return ("text-characters", Foreign(6, Characters, opset: 20));
    }

    private static GoldenCase Exported()
    {
        var speed = new NumericColumn("speed", [.. Remarks.Select((_, i) => i % 5 == 0 ? double.NaN : i * i % 7)]);
        var rows = new Frame([new TextColumn("remarks", Remarks), speed]);
        var fit = FeatureFitting.Fit(rows, ["remarks", "speed"], FeatureOptions.ForLinear with { MinTermRows = 1 });
        var features = fit.Transforms.Sum(t => t.FeatureNames.Count);
        float[] Weights(int output) => [.. Enumerable.Range(0, features).Select(f => (f * 37 + output * 11) % 19 / 8f - 1)];
        return GoldenCase.Of(
            new FittedModel(TaskKind.Multiclass, ["a", "b", "c"], rows.Schema, fit.Transforms,
                new LinearPredictor([.. Enumerable.Range(0, 3).Select(Weights)], [0.1f, -0.2f, 0])),
            rows);
    }

    private static int Separators(GraphBuilder g)
    {
        var upper = g.Node("StringNormalizer", [g.Node("Reshape", ["x", g.Longs([-1], 1)])],
            Text("case_change_action", "UPPER"), Int("is_case_sensitive", 1), Text("locale", "C"));
        var tokens = g.MicrosoftNode("Tokenizer", [upper], Int("mark", 0), Int("mincharnum", 2), Text("pad_value", "#"),
            Texts("separators", [" ", ":", @"\."]));
        g.Output("TfIdfVectorizer", [tokens], "y", Text("mode", "TFIDF"), Int("min_gram_length", 1), Int("max_gram_length", 3), Int("max_skip_count", 1),
            Ints("ngram_counts", [0, 3, 7]), Ints("ngram_indexes", [5, 1, 2, 3, 4, 0]),
            Texts("pool_strings", ["ENGINE", "STRIKE", "DAMAGE", "BIRD", "STRIKE", "NO", "FOUND", "NO", "FOUND", "BIRD"]),
            Singles("weights", [1, 2, 3, 4, 5, 6]));
        return 6;
    }

    // Two nodes read the characters, so that they stand in a table of their own; and the parts that a delimiter leaves.
    private static int Characters(GraphBuilder g)
    {
        var flat = g.Node("Reshape", ["x", g.Longs([-1], 1)]);
        var characters = g.MicrosoftNode("Tokenizer", [flat], Int("mark", 0), Int("mincharnum", 1), Text("pad_value", ""), Texts("separators", [""]));
        var counts = g.Node("TfIdfVectorizer", [characters], Text("mode", "IDF"), Int("min_gram_length", 1), Int("max_gram_length", 2),
            Int("max_skip_count", 0), Ints("ngram_counts", [0, 3]), Ints("ngram_indexes", [0, 1, 2, 1]),
            Texts("pool_strings", ["鳥", "B", "𝒜", "b", "i"]), Singles("weights", [1.5f, 2, 2.5f, 3]));
        var pairs = g.Node("TfIdfVectorizer", [characters], Text("mode", "TF"), Int("min_gram_length", 2), Int("max_gram_length", 2),
            Int("max_skip_count", 2), Ints("ngram_counts", [0, 1]), Ints("ngram_indexes", [0, 0]), Texts("pool_strings", ["e", "e", "n"]));
        var split = g.Node("StringSplit", [flat], Text("delimiter", ", "), Int("maxsplit", 1));
        var parts = g.Graph.Node.Single(n => n.Output[0] == split);
        parts.Output.Add("parts");
        var found = g.Node("TfIdfVectorizer", [split], Text("mode", "TF"), Int("min_gram_length", 1), Int("max_gram_length", 1),
            Int("max_skip_count", 0), Ints("ngram_counts", [0]), Ints("ngram_indexes", [0]), Texts("pool_strings", ["ENGINE shut down"]));
        var number = g.Node("Unsqueeze", [g.Cast("parts", DataType.Float), g.Longs([1], 1)]);
        g.Output("Concat", [counts, pairs, found, number], "y", Int("axis", 1));
        return 6;
    }

    private static GoldenCase Foreign(int outputs, Func<GraphBuilder, int> write, int opset = 17)
    {
        var bytes = GoldenGraphs.Foreign(DataType.String, 1, outputs, g => write(g), opset);
        return GoldenCase.Of(bytes, "string", 1, [.. Remarks.Select(r => (JsonNode?)(r ?? ""))]);
    }
}
