using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Scoring.Compiled;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Onnx.Scoring;

/// <summary>A compiled graph gives the bits of the graph run node by node: frames, single rows and tables of floats, with every kernel.</summary>
public sealed class CompiledScoringTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Onnx", "Golden");

    public static TheoryData<string> Names => [.. GoldenGraphs.All().Select(g => g.Name)];

    public static TheoryData<string> Kernels => ["scalar", "vector128", "vector256"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Golden_graphs_score_as_they_do_node_by_node(string name)
    {
        var model = File.ReadAllBytes(Path.Combine(Folder, $"{name}.onnx"));
        var inputs = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")))!["inputs"]!.AsArray();
        AssertSame(model, GoldenCase.Rows(model, inputs), MaskKernel.Best);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Drawn_models_score_as_they_do_node_by_node(string kernel)
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), ArbMap.Default.ArbFor<int>(), (seed, kind) =>
        {
            var (drawn, rows) = RandomModels.Draw(seed, (TaskKind)((uint)kind % 3), 70);
            AssertSame(OnnxExporter.Export(RandomModels.WithSets(drawn, seed)), rows, MaskKernel.Choose(kernel));
        });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Models_of_trees_and_linear_ones_are_compiled_and_constants_are_not()
    {
        OnnxModel Draw(ulong seed) => OnnxModel.Load(OnnxExporter.Export(RandomModels.Draw(seed, TaskKind.Multiclass).Model));
        Assert.IsType<MaskTrees>(Draw(2).Plan.Core);
        Assert.IsType<LinearMargins>(Draw(4).Plan.Core);
        Assert.Null(Draw(7).Plan.Core);
    }

    [Fact]
    public void Features_of_categories_and_numbers_need_no_tensors()
    {
        var plan = OnnxModel.Load(Some.Flights(trees: 3, leaves: 5)).Plan;
        Assert.Empty(plan.Graph.Steps);
        Assert.Empty(plan.Computed);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Nor_do_those_of_scaled_numbers_truth_values_and_instants(ulong seed)
    {
        var plan = OnnxModel.Load(OnnxExporter.Export(RandomModels.Draw(seed, TaskKind.Multiclass).Model)).Plan;
        Assert.Empty(plan.Graph.Steps);
        Assert.Contains(plan.Columns, column => column.Instants.Length > 0);
        Assert.Equal(seed == 4, plan.Columns.Any(column => column.Numbers.Length > 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Instants_of_any_year_score_as_they_do_node_by_node(bool indicator)
    {
        var random = new Xoshiro256(9);
        long[] odd = [0, -1, 1, long.MinValue, long.MinValue + 1, long.MaxValue, DateTime.MaxValue.Ticks, DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.Ticks - 1];
        long[] ticks = [.. odd, .. Enumerable.Range(0, 5000).Select(i => (long)(random.NextUInt64() >> i % 24)), .. Enumerable.Range(0, 3000).Select(d => d * 7 * TimeSpan.TicksPerDay / 3)];
        var parts = new CalendarParts("at", Enum.GetValues<CalendarPart>(), indicator);

        // So that every part can be read off the sum.
        float[] weights = [.. new float[] { 1, 32, 1024, 8192, 262_144 }.Take(parts.FeatureNames.Count)];
        var model = new FittedModel(TaskKind.Regression, [], [new ColumnSchema("at", ColumnType.Timestamp)], [parts], new LinearPredictor([weights], [0]));
        var bytes = OnnxExporter.Export(model);
        var rows = new Frame([new TimestampColumn("at", ticks)]);
        Assert.NotEmpty(OnnxModel.Load(bytes).Plan.Columns[0].Instants);
        Assert.Equal(Bits(OnnxModel.Load(bytes, kernel: null).Score(rows).Values), Bits(OnnxModel.Load(bytes).Score(rows).Values));
    }

    // Whatever the processor and its instructions: run with DOTNET_EnableAVX2=0 and DOTNET_EnableHWIntrinsic=0 too.
    [Fact]
    public void Scores_are_the_same_bits_on_every_machine()
    {
        var (drawn, drawnRows) = RandomModels.Draw(4, TaskKind.Multiclass, 500);
        double[] scores =
        [
            .. OnnxModel.Load(Some.Flights(trees: 100, leaves: 31)).Score(Some.FlightRows(1000)).Values,
            .. OnnxModel.Load(OnnxExporter.Export(drawn)).Score(drawnRows).Values,
        ];
        var text = string.Join('\n', Bits(scores).Select(bits => bits.ToString("x16")));
        Assert.Equal("9d5f299a5f0bbba8f52905c0befc362c", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(65)]
    public void Trees_of_any_size_score_as_they_do_node_by_node(int leaves)
    {
        var model = Some.Flights(trees: 9, leaves);
        AssertSame(model, Some.FlightRows(300), MaskKernel.Best);
        Assert.Equal(leaves <= FoldedTree.MostLeaves, OnnxModel.Load(model).Plan.Core is MaskTrees);
    }

    [Fact]
    public void More_masks_than_a_cache_holds_are_not_made()
    {
        var model = Some.Wide(trees: 40, leaves: 20, features: LeafMasks.MostFeatures + 1);
        Assert.IsType<WalkedTrees>(OnnxModel.Load(model.Bytes).Plan.Core);
        AssertSame(model.Bytes, model.Rows, MaskKernel.Best);
    }

    [Fact]
    public void Rows_of_another_model_and_values_of_another_type_are_refused()
    {
        var model = OnnxModel.Load(Some.Flights(trees: 3, leaves: 5));
        var row = OnnxModel.Load(Some.Flights(trees: 3, leaves: 5)).CreateRow();
        Assert.Throws<ArgumentException>(() => model.Score(row, new double[1]));
        Assert.Throws<ArgumentException>(() => model.Score(model.CreateRow(), new double[2]));
        var wrong = Assert.Throws<ArgumentException>(() => row.SetNumber(3, 1));
        Assert.Contains("'origin' has the type Categorical", wrong.Message);
        Assert.Throws<InvalidOperationException>(() => model.Score(new float[5], new float[1]));
    }

    private static void AssertSame(byte[] bytes, Frame rows, MaskKernel kernel)
    {
        var expected = OnnxModel.Load(bytes, kernel: null).Score(rows);
        var model = OnnxModel.Load(bytes, kernel);
        Assert.Equal(Bits(expected.Values), Bits(model.Score(rows).Values));
        AssertSameRowByRow(model, rows, expected);
        AssertSameRowByRow(OnnxModel.Load(bytes, kernel: null), rows, expected);
        if (model.Plan.Columns.All(c => c.Binding.Type == Learning.Onnx.Scoring.ElementType.Float))
            Assert.Equal(Bits(expected.Values), Bits(OfFloats(model, rows)));
    }

    private static void AssertSameRowByRow(OnnxModel model, Frame rows, Scores expected)
    {
        var (row, scores) = (model.CreateRow(), new double[model.Outputs]);
        for (var r = 0; r < rows.RowCount; r++)
        {
            for (var c = 0; c < model.Inputs.Count; c++) Set(row, c, rows[model.Inputs[c].Name], r);
            model.Score(row, scores);
            Assert.Equal(Bits(expected.Row(r).ToArray()), Bits(scores));
        }
    }

    private static void Set(ScoringRow row, int at, Column column, int r)
    {
        if (column.IsMissing(r)) row.SetMissing(at);
        else if (column is NumericColumn numeric) row.SetNumber(at, numeric.Values[r]);
        else if (column is BooleanColumn boolean) row.SetBoolean(at, boolean.Values[r] == 1);
        else if (column is TimestampColumn timestamp) row.SetTimestamp(at, new DateTime(timestamp.Ticks[r], DateTimeKind.Utc));
        else if (r % 2 == 0) row.SetCategory(at, column.Format(r));
        else row.SetCategory(at, Encoding.UTF8.GetBytes(column.Format(r)!));
    }

    private static double[] OfFloats(OnnxModel model, Frame rows)
    {
        var inputs = new float[rows.RowCount * model.Inputs.Count];
        for (var r = 0; r < rows.RowCount; r++)
        {
            for (var c = 0; c < model.Inputs.Count; c++)
            {
                inputs[r * model.Inputs.Count + c] = rows[model.Inputs[c].Name] switch
                {
                    NumericColumn numeric => (float)numeric.Values[r],
                    BooleanColumn boolean => boolean.IsMissing(r) ? float.NaN : boolean.Values[r],
                    _ => throw new InvalidOperationException(),
                };
            }
        }
        var scores = new float[rows.RowCount * model.Outputs];
        model.Score(inputs, scores);
        return [.. scores.Select(score => (double)score)];
    }

    private static long[] Bits(double[] values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];
}
