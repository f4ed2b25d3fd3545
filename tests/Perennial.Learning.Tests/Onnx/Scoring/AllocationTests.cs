using Perennial.Learning.Calibration;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Onnx.Scoring;

public sealed class AllocationTests
{
    [Fact]
    public void A_row_of_raw_columns_is_scored_without_allocating()
    {
        var model = OnnxModel.Load(Some.Flights(trees: 100, leaves: 31));
        var row = model.CreateRow();
        var score = new double[1];
        var sum = 0.0;
        AssertNothingAllocated(i =>
        {
            row.SetNumber(0, i % 24);
            row.SetNumber(1, i % 7);
            row.SetNumber(2, 100.5 + i);
            row.SetCategory(3, i % 2 == 0 ? "AAX" : "never seen");
            row.SetCategory(4, "ABX"u8);
            if (i % 5 == 0) row.SetMissing(i % 4);
            model.Score(row, score);
            sum += score[0];
        });
        Assert.True(sum > 0);
    }

    [Theory]
    [InlineData(2, TaskKind.Multiclass)]
    [InlineData(4, TaskKind.Multiclass)]
    [InlineData(1, TaskKind.Binary)]
    [InlineData(5, TaskKind.Regression)]
    public void So_is_one_of_every_kind_of_column(ulong seed, TaskKind task)
    {
        var model = OnnxModel.Load(OnnxExporter.Export(RandomModels.Draw(seed, task).Model));
        var row = model.CreateRow();
        var scores = new double[model.Outputs];
        var now = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        AssertNothingAllocated(i =>
        {
            for (var c = 0; c < model.Inputs.Count; c++)
            {
                switch (model.Inputs[c].Type)
                {
                    case Learning.Frames.ColumnType.Numeric: row.SetNumber(c, i); break;
                    case Learning.Frames.ColumnType.Boolean: row.SetBoolean(c, i % 2 == 0); break;
                    case Learning.Frames.ColumnType.Timestamp: row.SetTimestamp(c, now.AddHours(i)); break;
                    default: row.SetCategory(c, "Climb"); break;
                }
            }
            model.Score(row, scores);
        });
    }

    [Fact]
    public void So_is_one_of_a_calibrated_model()
    {
        var curve = new IsotonicCalibrator([0.1, 0.25, 0.3, 0.7, 0.95], [0.02, 0.2, 0.2, 0.85, 0.9]);
        var model = OnnxModel.Load(CalibratedGraph.Apply(Some.Flights(trees: 20, leaves: 15), curve));
        var (row, score) = (model.CreateRow(), new double[1]);
        AssertNothingAllocated(i =>
        {
            row.SetNumber(0, i % 24);
            row.SetCategory(3, "AAX");
            model.Score(row, score);
        });
    }

    [Fact]
    public void A_table_of_floats_allocates_nothing_that_depends_on_its_rows()
    {
        var (bytes, _) = Some.Wide(trees: 10, leaves: 8, features: 6);
        var model = OnnxModel.Load(bytes);
        var (inputs, scores) = (new float[6 * 5000], new float[5000]);
        AssertNothingAllocated(_ => model.Score(inputs, scores), rounds: 20, most: 2000);
    }

    private static void AssertNothingAllocated(Action<int> work, int rounds = 2000, long most = 0)
    {
        for (var i = 0; i < rounds; i++) work(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++) work(i);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
    }
}
