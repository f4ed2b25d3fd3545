using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Tests.Models;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>What holds of every exported model: of made-up ones with odd names and trees, and of trained ones on rows not trained on.</summary>
public sealed class ExportPropertyTests
{
    private static readonly Arbitrary<ulong> Seeds = ArbMap.Default.ArbFor<ulong>();
    private static readonly Arbitrary<TaskKind> Tasks = Gen.Elements(Enum.GetValues<TaskKind>()).ToArbitrary();

    [Fact]
    public void The_scorer_gives_the_bits_of_the_reference_for_any_model() => Prop.ForAll(Seeds, Tasks, (seed, task) =>
    {
        var (drawn, rows) = RandomModels.Draw(seed, task);
        var model = seed % 2 == 0 ? drawn : RandomModels.WithSets(drawn, seed);
        AssertSame(ReferenceScorer.Score(model, rows), OnnxModel.Load(OnnxExporter.Export(model)).Score(rows));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_scorer_gives_the_bits_of_the_reference_for_any_trained_model()
    {
        var learners = Gen.Elements([.. ModelTraining.Learners]).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(Seeds, Tasks, learners, (seed, task, learner) =>
        {
            var spec = SyntheticRows.Spec(learner, task, SyntheticRows.Of(120, seed)) with { Seed = seed };
            if (learner == ModelTraining.BoostedTrees)
                spec = spec with { Parameters = new Dictionary<string, double> { ["rounds"] = 5, ["leaves"] = 4 + seed % 60, ["levelSets"] = seed % 2 } };
            var model = ModelTraining.Train(spec, CancellationToken.None).Model;
            var rows = SyntheticRows.Of(50, seed + 1);
            var unseen = rows.Columns.Select(c => c.Name == "sky" ? CategoricalColumn.From("sky", [.. Enumerable.Range(0, 50).Select(r => r % 7 == 0 ? "hail" : c.Format(r))]) : c);
            rows = new Frame([.. unseen]);
            AssertSame(ReferenceScorer.Score(model, rows), OnnxModel.Load(OnnxExporter.Export(model)).Score(rows));
        }));
    }

    [Fact]
    public void What_another_program_reads_and_writes_again_is_the_same_model() => Prop.ForAll(Seeds, Tasks, (seed, task) =>
    {
        var (model, rows) = RandomModels.Draw(seed, task, 5);
        var bytes = OnnxExporter.Export(model);
        var again = ModelProto.Parser.ParseFrom(bytes).ToByteArray();
        Assert.Equal(bytes, again);
        var (first, second) = (OnnxModel.Load(bytes), OnnxModel.Load(again));
        Assert.Equal(model.Inputs.Where(c => c.Type != ColumnType.Text), first.Inputs);
        Assert.Equal((first.Task, string.Join('|', first.Classes)), ((TaskKind?)task, string.Join('|', model.Classes)));
        AssertSame(first.Score(rows), second.Score(rows));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_scores_the_same_wherever_it_stands() => Prop.ForAll(Seeds, Tasks, (seed, task) =>
    {
        var (model, rows) = RandomModels.Draw(seed, task);
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        var (all, row) = (onnx.Score(rows), (int)(seed % (ulong)rows.RowCount));
        Assert.Equal(Bits(all.Row(row).ToArray()), Bits(onnx.Score(rows.Take([row])).Values));
    }).QuickCheckThrowOnFailure();

    private static void AssertSame(Scores expected, Scores actual)
    {
        Assert.Equal(expected.Outputs, actual.Outputs);
        Assert.Equal(Bits(expected.Values), Bits(actual.Values));
    }

    private static long[] Bits(double[] values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];
}
