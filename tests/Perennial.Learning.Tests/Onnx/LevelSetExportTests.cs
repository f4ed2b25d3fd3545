using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Tests.Onnx;

public sealed class LevelSetExportTests
{
    private static readonly Tree Sets = new()
    {
        Output = 0,
        Feature = [0, -1, 0, -1, -1],
        Threshold = [0, 0, 3, 0, 0],
        IsLevel = [true, false, true, false, false],
        Sets = [new LevelSet([0, 2, 5], [10, 30, 20]), null, null, null, null],
        MissingLeft = new bool[5],
        Left = [1, 0, 3, 0, 0],
        Right = [2, 0, 4, 0, 0],
        Value = [0, 10, 0, 20, 30],
        Gain = [2, 0, 1, 0, 0],
        Cover = [100, 60, 40, 15, 25],
    };

    [Fact]
    public void A_set_is_a_chain_of_equalities_to_one_child_with_the_most_frequent_level_first()
    {
        var model = OnnxExporter.Export(Model(Sets));
        var trees = ModelProto.Parser.ParseFrom(model).Graph.Node.Single(node => node.OpType == "TreeEnsembleRegressor");
        long[] Ints(string name) => [.. trees.Attribute.Single(a => a.Name == name).Ints];
        float[] Floats(string name) => [.. trees.Attribute.Single(a => a.Name == name).Floats];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Ints("nodes_nodeids"));
        Assert.Equal([2, 0, 3, 0, 0, 5, 0], Floats("nodes_values"));
        Assert.Equal([1, 0, 3, 0, 0, 1, 1], Ints("nodes_truenodeids"));
        Assert.Equal([5, 0, 4, 0, 0, 6, 2], Ints("nodes_falsenodeids"));
        Assert.Equal([100, 60, 40, 15, 25, 70, 50], Floats("nodes_hitrates"));
    }

    [Fact]
    public void Each_level_goes_to_its_side_and_unseen_and_missing_ones_right()
    {
        var levels = new[] { "a", "b", "c", "d", "e", "f", "unseen", null };
        var scores = OnnxModel.Load(OnnxExporter.Export(Model(Sets))).Score(new Frame([CategoricalColumn.From("c", levels)]));
        Assert.Equal([10, 30, 10, 20, 30, 10, 30, 30], scores.Values);
    }

    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Multiclass)]
    [InlineData(TaskKind.Regression)]
    public void Random_sets_score_as_the_reference_does(TaskKind task)
    {
        for (var seed = 0UL; seed < 30; seed += seed % 3 == 0 ? 2UL : 1)
        {
            var (drawn, rows) = RandomModels.Draw(seed, task);
            var model = RandomModels.WithSets(drawn, seed);
            Assert.Equal(ReferenceScorer.Score(model, rows).Values, OnnxModel.Load(OnnxExporter.Export(model)).Score(rows).Values);
        }
    }

    [Fact]
    public void Codes_that_are_no_codes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LevelSet([2, 1], [1, 1]));
        Assert.Throws<ArgumentException>(() => new LevelSet([256], [1]));
        Assert.Throws<ArgumentException>(() => new LevelSet([1], [1, 1]));
        Assert.Equal([true, false, false, false, false], new[] { 1f, 1.5f, -1, 300, float.NaN }.Select(new LevelSet([1], [1]).Contains));
    }

    private static FittedModel Model(Tree tree) => new(TaskKind.Regression, [], [new ColumnSchema("c", ColumnType.Categorical)],
        [new LevelCode("c", ["a", "b", "c", "d", "e", "f"])], new TreeEnsemblePredictor([tree], [0]));
}
