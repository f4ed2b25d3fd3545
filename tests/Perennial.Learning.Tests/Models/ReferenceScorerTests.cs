using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Models;

public class ReferenceScorerTests
{
    private static readonly Tree Stump = new()
    {
        Output = 0,
        Feature = [0, -1, -1],
        Threshold = [2, 0, 0],
        IsLevel = [false, false, false],
        MissingLeft = [true, false, false],
        Left = [1, 0, 0],
        Right = [2, 0, 0],
        Value = [0, -1, 3],
        Gain = [1, 0, 0],
        Cover = [3, 2, 1],
    };

    [Fact]
    public void A_threshold_is_inclusive_and_missing_goes_where_the_node_says()
    {
        float[] leaves = [2f, MathF.BitIncrement(2), float.NaN, float.NegativeInfinity];
        Assert.Equal([1, 2, 1, 1], leaves.Select(x => ReferenceScorer.LeafOf(Stump, [x])));
        Assert.Equal(2, ReferenceScorer.LeafOf(Stump with { MissingLeft = [false, false, false] }, [float.NaN]));
    }

    [Fact]
    public void A_level_split_is_equality()
    {
        var levels = Stump with { IsLevel = [true, false, false] };
        Assert.Equal([2, 1, 2], new[] { 1f, 2, 3 }.Select(x => ReferenceScorer.LeafOf(levels, [x])));
    }

    [Fact]
    public void Margins_add_the_trees_of_their_output_to_the_base()
    {
        var ensemble = new TreeEnsemblePredictor([Stump, Stump with { Output = 1 }, Stump], [0.5f, 10]);
        var margins = new float[2];
        ReferenceScorer.Margins(ensemble, [7], margins);
        Assert.Equal([6.5f, 13], margins);
        ReferenceScorer.Margins(new LinearPredictor([[2, -1], [0, 1]], [1, 0]), [3, 4], margins);
        Assert.Equal([3f, 4], margins);
        ReferenceScorer.Margins(new ConstantPredictor([8, 9]), [], margins);
        Assert.Equal([8f, 9], margins);
    }

    [Fact]
    public void Scores_are_probabilities_for_classes_and_values_for_regression()
    {
        var frame = new Frame([new NumericColumn("x", [1, 2])]);
        Scores Of(TaskKind task, params float[] margins) =>
            ReferenceScorer.Score(new FittedModel(task, [], frame.Schema, [], new ConstantPredictor(margins)), frame);
        Assert.Equal([0.5, 0.5], Of(TaskKind.Binary, 0).Values);
        Assert.Equal([7, 7], Of(TaskKind.Regression, 7).Values);
        Assert.Equal([0.25, 0.75], Of(TaskKind.Multiclass, 0, (float)Math.Log(3)).Row(1).ToArray().Select(p => Math.Round(p, 6)));
    }
}
