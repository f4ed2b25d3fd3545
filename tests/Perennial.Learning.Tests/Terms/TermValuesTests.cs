using System.Text.Json;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;

namespace Perennial.Learning.Tests.Terms;

/// <summary>Terms, weights and values of <c>TfidfVectorizer</c>; <c>term_values.py</c> prints them.</summary>
public sealed class TermValuesTests
{
    private static readonly Reference Expected = JsonSerializer.Deserialize<Reference>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Terms", "term_values.json")), JsonSerializerOptions.Web)!;

    private static readonly FeatureOptions Options = FeatureOptions.ForLinear with { MinTermRows = 2 };

    private sealed record Reference(string?[] Texts, string[] Terms, double[] Weights, string[] Capped, double[][] Values);

    [Fact]
    public void Terms_and_their_weights_are_those_of_scikit_learn()
    {
        var transform = Fit(Expected.Texts, Options);
        Assert.Equal(Expected.Terms.Order(StringComparer.Ordinal), transform.Terms.Order(StringComparer.Ordinal));
        for (var t = 0; t < transform.Terms.Count; t++)
            Assert.Equal(Expected.Weights[Array.IndexOf(Expected.Terms, transform.Terms[t])], transform.Weights[t], 1e-6);
    }

    [Fact]
    public void Values_are_those_of_scikit_learn()
    {
        var transform = Fit(Expected.Texts, Options);
        var matrix = FeatureEncoding.Apply([transform], FrameOf(Expected.Texts));
        for (var row = 0; row < matrix.RowCount; row++)
            for (var t = 0; t < transform.Terms.Count; t++)
                Assert.Equal(Expected.Values[row][Array.IndexOf(Expected.Terms, transform.Terms[t])], matrix[row, t], 1e-6);
    }

    [Fact]
    public void Too_many_terms_are_capped_as_scikit_learn_does() =>
        Assert.Equal(Expected.Capped, Fit(Expected.Texts, Options with { MaxTerms = 3 }).Terms.Order(StringComparer.Ordinal));

    [Fact]
    public void Missing_text_is_empty_text()
    {
        string?[] missing = [.. Expected.Texts.Select(t => t == "" ? null : t)];
        Assert.Equal(Fit(Expected.Texts, Options).Weights, Fit(missing, Options).Weights);
        var row = FeatureEncoding.Apply([Fit(missing, Options)], FrameOf([null]));
        Assert.All(Enumerable.Range(0, row.FeatureCount), f => Assert.Equal(0, row[0, f]));
    }

    internal static TermFrequencies Fit(string?[] texts, FeatureOptions options) =>
        (TermFrequencies)FeatureFitting.Fit(FrameOf(texts), ["remarks"], options).Transforms.Single();

    internal static Frame FrameOf(string?[] texts) => new([new TextColumn("remarks", texts)]);
}
