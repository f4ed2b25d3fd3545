using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Randomness;
using Perennial.Learning.Tests.Onnx;

namespace Perennial.Learning.Tests.Terms;

public sealed class TermExportTests
{
    private const string Alphabet = "aAbBéÉ鳥 .-_1\u0301\n\ud835\udc9c";

    [Theory]
    [InlineData(1, TaskKind.Binary)]
    [InlineData(2, TaskKind.Binary)]
    [InlineData(3, TaskKind.Multiclass)]
    [InlineData(4, TaskKind.Regression)]
    public void Scores_are_those_of_the_reference_bit_for_bit(ulong seed, TaskKind task)
    {
        var (model, rows) = Draw(seed, task, 300);
        var expected = ReferenceScorer.Score(model, rows).Values;
        Assert.True(expected.Distinct().Count() > 50);
        Assert.Equal(expected, OnnxModel.Load(OnnxExporter.Export(model)).Score(rows).Values);
    }

    [Fact]
    public void A_row_scores_the_same_alone_as_among_others()
    {
        var (model, rows) = Draw(5, TaskKind.Multiclass, 300);
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        var all = onnx.Score(rows);
        for (var row = 0; row < rows.RowCount; row++) Assert.Equal(all.Row(row).ToArray(), onnx.Score(rows.Take([row])).Values);
    }

    [Fact]
    public void Sparse_features_are_the_dense_ones_without_their_zeros()
    {
        var (model, rows) = Draw(6, TaskKind.Binary, 100);
        var dense = SparseRows.From(FeatureEncoding.Apply(model.Transforms, rows));
        var sparse = FeatureEncoding.ApplySparse(model.Transforms, rows);
        Assert.Equal(dense.Starts, sparse.Starts);
        Assert.Equal(dense.Features, sparse.Features);
        Assert.Equal(dense.Values, sparse.Values);
        Assert.Equal(dense.FeatureCount, sparse.FeatureCount);
    }

    [Fact]
    public void A_long_text_in_a_graph_whose_tokens_something_else_reads_is_refused_and_not_made_a_table_of()
    {
        var bytes = GoldenGraphs.Foreign(Learning.Onnx.Protos.TensorProto.Types.DataType.String, 1, 2, g =>
        {
            var flat = g.Node("Reshape", ["x", g.Longs([-1], 1)]);
            var tokens = g.Node("StringSplit", [flat]);
            g.Output("TfIdfVectorizer", [tokens], "y",
                Learning.Onnx.Export.GraphBuilder.Text("mode", "TF"),
                Learning.Onnx.Export.GraphBuilder.Int("min_gram_length", 1),
                Learning.Onnx.Export.GraphBuilder.Int("max_gram_length", 1),
                Learning.Onnx.Export.GraphBuilder.Int("max_skip_count", 0),
                Learning.Onnx.Export.GraphBuilder.Ints("ngram_counts", [0]),
                Learning.Onnx.Export.GraphBuilder.Ints("ngram_indexes", [0, 1]),
                Learning.Onnx.Export.GraphBuilder.Texts("pool_strings", ["a", "b"]));
        }, opset: 20);
        string?[] texts = [.. Enumerable.Repeat("a b", 1023), string.Concat(Enumerable.Repeat("a ", 300_000))];
        var fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(bytes).Score(new Frame([new TextColumn("x", texts)])));
        Assert.Contains("elements", fault.Message);
    }

    private static (FittedModel Model, Frame Rows) Draw(ulong seed, TaskKind task, int count)
    {
        var random = new Xoshiro256(seed);
        string? Remark() => random.Next(6) == 0 ? null
            : string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
        var rows = new Frame([
            new TextColumn("remarks", [.. Enumerable.Range(0, count).Select(_ => Remark())]),
            new TextColumn("notes", [.. Enumerable.Range(0, count).Select(_ => random.Next(9) == 0 ? null : GoldenTexts.Remarks[random.Next(16)])]),
            CategoricalColumn.From("sky", [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? null : $"{random.Next(9)}")]),
        ]);
        var fit = FeatureFitting.Fit(rows, ["sky", "remarks", "notes"], FeatureOptions.ForLinear with { MinTermRows = 2 });
        var outputs = task == TaskKind.Multiclass ? 3 : 1;
        float[] Weights() => [.. Enumerable.Range(0, fit.Transforms.Sum(t => t.FeatureNames.Count)).Select(_ => (float)random.NextDouble() * 4 - 2)];
        string[] classes = task switch { TaskKind.Binary => ["no", "yes"], TaskKind.Multiclass => ["a", "b", "c"], _ => [] };
        var predictor = new LinearPredictor([.. Enumerable.Range(0, outputs).Select(_ => Weights())], [.. Enumerable.Range(0, outputs).Select(k => k / 2f)]);
        return (new FittedModel(task, classes, rows.Schema, fit.Transforms, predictor), rows);
    }
}
