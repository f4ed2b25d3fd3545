using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Randomness;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Tests.Terms;

public sealed class TermFittingTests
{
    private static readonly FeatureOptions Options = FeatureOptions.ForLinear with { MinTermRows = 2 };

    [Theory]
    [InlineData("a b c", "! ? ...", "x y")]
    [InlineData(null, "", null)]
    [InlineData("never twice", "the same", "word here")]
    public void Text_without_words_that_rows_share_gives_no_feature(params string?[] texts)
    {
        var fit = FeatureFitting.Fit(TermValuesTests.FrameOf(texts), ["remarks"], Options);
        Assert.Empty(fit.Transforms);
        Assert.Single(fit.Ignored);
    }

    [Fact]
    public void Trees_do_not_read_text_and_say_so()
    {
        var fit = FeatureFitting.Fit(TermValuesTests.FrameOf(["ab cd", "ab"]), ["remarks"], FeatureOptions.ForTrees);
        Assert.Empty(fit.Transforms);
        Assert.Contains("trees do not read", Assert.Single(fit.Ignored).Reason);
    }

    [Fact]
    public void Capitals_beyond_ASCII_are_spellings_of_one_term()
    {
        var transform = TermValuesTests.Fit(["Über Öl", "über öl", "ÜBER ÖL", "weder noch"], Options);
        Assert.Equal(["öl", "über", "über öl"], transform.Terms.Order(StringComparer.Ordinal));
        var matrix = FeatureEncoding.Apply([transform], TermValuesTests.FrameOf(["Über", "über", "ÜBER"]));
        var column = transform.Terms.ToList().IndexOf("über");
        Assert.Equal([1f, 1f, 1f], matrix.Column(column).ToArray());
    }

    [Fact]
    public void The_order_of_rows_is_not_in_the_transform()
    {
        string?[] texts = ["Ärger und Öl", "öl und ärger", "ÄRGER", "und Öl", "und Ärger und Öl"];
        var one = TermValuesTests.Fit(texts, Options);
        var other = TermValuesTests.Fit([.. texts.Reverse()], Options);
        Assert.Equal(one.Terms, other.Terms);
        Assert.Equal(one.Spellings, other.Spellings);
        Assert.Equal(one.Weights, other.Weights);
    }

    [Fact]
    public void Marks_and_characters_beyond_the_basic_plane_belong_to_words_and_half_a_pair_ends_them()
    {
        var transform = TermValuesTests.Fit(["हिन्दी 𝒜𝒜 ab\ud800cd e\u0301te\u0301", "हिन्दी 𝒜𝒜 ab\ud800cd e\u0301te\u0301"], Options);
        Assert.Contains("हिन्दी", transform.Terms);
        Assert.Contains("𝒜𝒜", transform.Terms);
        Assert.Contains("e\u0301te\u0301", transform.Terms);
        Assert.Contains("ab cd", transform.Terms);
    }

    [Fact]
    public void A_text_of_a_million_words_beside_short_ones_is_scored_in_little_memory()
    {
        var texts = Enumerable.Range(0, 400).Select(i => (string?)(i % 2 == 0 ? "good bird" : "bad bird")).ToArray();
        var model = Train(texts, [.. texts.Select((_, i) => i % 2 == 0 ? "yes" : "no")]);
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        texts[7] = string.Concat(Enumerable.Repeat("bad luck ", 1_000_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scores = onnx.Score(TermValuesTests.FrameOf(texts));

        // A table of 400 texts by 2,000,000 words would take gigabytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        Assert.True(scores.Values[7] < 0.5);
        Assert.True(scores.Values[8] > 0.5);
    }

    [Fact]
    public void Columns_that_a_file_has_as_levels_are_read_as_the_text_they_are()
    {
        string?[] texts = ["good bird", "bad bird", "good", null];
        var onnx = OnnxModel.Load(OnnxExporter.Export(Train([.. texts, .. texts], ["y", "n", "y", "n", "y", "n", "y", "n"])));
        Assert.Equal(ColumnType.Text, Assert.Single(onnx.Inputs).Type);
        Assert.Equal(
            onnx.Score(TermValuesTests.FrameOf(texts)).Values,
            onnx.Score(new Frame([CategoricalColumn.From("remarks", texts)])).Values);
    }

    [Fact]
    public void A_constant_of_a_dataset_of_text_alone_has_the_text_as_its_input()
    {
        var onnx = OnnxModel.Load(OnnxExporter.Export(Train(["ab", "cd", "ef"], ["y", "n", "n"], ModelTraining.BoostedTrees)));
        Assert.Equal("remarks", Assert.Single(onnx.Inputs).Name);
        Assert.Equal(1f / 3, onnx.Score(TermValuesTests.FrameOf([null])).Values[0], 1e-6);
    }

    [Fact]
    public void Pairs_of_many_words_hardly_share_hashes()
    {
        // As plain longs a million pairs of a thousand words had a thousand hashes, and fitting became quadratic.
        var hashes = new HashSet<int>();
        for (var first = 0; first < 1000; first++)
            for (var second = 0; second < 1000; second++)
                hashes.Add(TermKeys.Comparer.GetHashCode(TermKeys.Pair(first, second)));
        Assert.InRange(hashes.Count, 999_000, 1_000_000);
    }

    [Fact]
    public void Many_rows_of_many_words_are_fitted()
    {
        var random = new Xoshiro256(7);
        string[] words = [.. Enumerable.Range(0, 4096).Select(i => $"w{i}")];
        string?[] texts = [.. Enumerable.Range(0, 20_000).Select(_ => string.Join(' ', Enumerable.Range(0, 30).Select(_ => words[(int)(random.NextDouble() * words.Length)])))];
        Assert.Equal(5000, TermValuesTests.Fit(texts, Options).Terms.Count);
    }

    [Fact]
    public void A_fit_of_text_can_be_cancelled() => Assert.Throws<OperationCanceledException>(
        () => FeatureFitting.Fit(TermValuesTests.FrameOf(["ab cd", "ab cd"]), ["remarks"], Options, new CancellationToken(canceled: true)));

    internal static FittedModel Train(string?[] texts, string[] labels, string learner = ModelTraining.Linear) => ModelTraining.Train(
        new TrainingSpec
        {
            Learner = learner,
            Task = TaskKind.Binary,
            Train = new Frame([new TextColumn("remarks", texts), CategoricalColumn.From("label", labels)]),
            Label = "label",
            Classes = [.. labels.Distinct().Order(StringComparer.Ordinal)],
            Features = ["remarks"],
            Parameters = learner == ModelTraining.Linear ? new Dictionary<string, double> { ["minTermRows"] = 1 } : [],
        },
        default).Model;
}
