using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Statistics;

namespace Perennial.Learning.Tests.Statistics;

public class SingleFeatureLeakTests
{
    private const int Rows = 2000;
    private static readonly int[] Fit = [.. Enumerable.Range(0, 1500)];
    private static readonly int[] HeldOut = [.. Enumerable.Range(1500, 500)];
    private static readonly double[] Labels = [.. Enumerable.Range(0, Rows).Select(i => i % 5 == 0 ? 1.0 : 0.0)];

    [Fact]
    public void A_level_that_gives_the_label_away_is_named_with_its_counts()
    {
        var feature = CategoricalColumn.From("damage", [.. Labels.Select((l, i) => l == 0 ? "None" : i % 2 == 0 ? "Minor" : "Substantial")]);
        var evidence = SingleFeatureLeak.Probe(feature, Labels, TaskKind.Binary, Fit, HeldOut, "damaged", ["false", "true"])!;
        Assert.Equal(("damage", "rocAuc", 1.0), (evidence.Column, evidence.Metric, evidence.Value));
        Assert.Equal("when 'damage' is 'None', 'damaged' is false in 400 of 400 held-out rows", evidence.Explanation);
    }

    [Fact]
    public void A_number_and_what_is_missing_can_give_the_label_away_too()
    {
        var cost = new NumericColumn("cost", [.. Labels.Select((l, i) => l == 0 ? 0.0 : 100 + i)]);
        var number = SingleFeatureLeak.Probe(cost, Labels, TaskKind.Binary, Fit, HeldOut)!;
        Assert.Equal(1, number.Value);
        Assert.Contains("'cost' is up to 0, 'label' is 0 in 400 of 400", number.Explanation, StringComparison.Ordinal);
        var closed = new NumericColumn("closed", [.. Labels.Select(l => l == 0 ? double.NaN : 7)]);
        var missing = SingleFeatureLeak.Probe(closed, Labels, TaskKind.Binary, Fit, HeldOut)!;
        Assert.Equal(1, missing.Value);
        Assert.Contains("'closed' is missing", missing.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_of_time_is_named_by_its_days()
    {
        var day = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var closed = new TimestampColumn("closed", [.. Labels.Select((l, i) => day.AddDays(l == 0 ? i % 200 : 1000 + i).Ticks)]);
        var evidence = SingleFeatureLeak.Probe(closed, Labels, TaskKind.Binary, Fit, HeldOut)!;
        Assert.Equal(1, evidence.Value);
        Assert.StartsWith("when 'closed' is after 2007-07-04, 'label' is 1 in ", evidence.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_and_identifiers_give_nothing_away()
    {
        var random = new Xoshiro256(1);
        var noise = new NumericColumn("noise", [.. Labels.Select(_ => random.NextDouble())]);
        Assert.InRange(SingleFeatureLeak.Probe(noise, Labels, TaskKind.Binary, Fit, HeldOut)!.Value, 0.4, 0.6);
        var id = new TextColumn("id", [.. Labels.Select((_, i) => $"u{i}")]);
        Assert.Equal(0.5, SingleFeatureLeak.Probe(id, Labels, TaskKind.Binary, Fit, HeldOut)!.Value);
    }

    [Fact]
    public void Classes_and_values_are_probed_by_their_own_measures()
    {
        var classes = Labels.Select((_, i) => (double)(i % 3)).ToArray();
        var copy = CategoricalColumn.From("copy", [.. classes.Select(c => c == 2 ? "c" : "ab")]);
        var lift = SingleFeatureLeak.Probe(copy, classes, TaskKind.Multiclass, Fit, HeldOut)!;
        Assert.Equal("accuracyLift", lift.Metric);
        // Always saying the commonest class errs in 333 rows, the feature in 167.
        Assert.Equal(0.5, lift.Value, 0.01);
        var values = Labels.Select((_, i) => (double)(i * 37 % 101)).ToArray();
        var twice = new NumericColumn("twice", [.. values.Select(v => 2 * v)]);
        var explained = SingleFeatureLeak.Probe(twice, values, TaskKind.Regression, Fit, HeldOut)!;
        Assert.Equal("r2", explained.Metric);
        Assert.InRange(explained.Value, 0.8, 1);
    }

    [Fact]
    public void Held_out_labels_that_do_not_vary_cannot_be_asked()
    {
        var feature = new NumericColumn("x", new double[Rows]);
        Assert.Null(SingleFeatureLeak.Probe(feature, new double[Rows], TaskKind.Binary, Fit, HeldOut));
        Assert.Null(SingleFeatureLeak.Probe(feature, Labels, TaskKind.Binary, Fit, []));
    }
}
