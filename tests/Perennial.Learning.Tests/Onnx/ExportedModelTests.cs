using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Onnx;

public sealed class ExportedModelTests
{
    public static TheoryData<ulong, TaskKind> Drawn
    {
        get
        {
            var data = new TheoryData<ulong, TaskKind>();
            for (var seed = 0UL; seed < 42; seed++) data.Add(seed, (TaskKind)(seed / 7 % 3));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Scores_are_those_of_the_reference_bit_for_bit(ulong seed, TaskKind task)
    {
        var (model, rows) = RandomModels.Draw(seed, task);
        var expected = ReferenceScorer.Score(model, rows);
        var scores = OnnxModel.Load(OnnxExporter.Export(model)).Score(rows);
        Assert.Equal(expected.Outputs, scores.Outputs);
        Assert.Equal(Bits(expected.Values), Bits(scores.Values));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_row_scores_the_same_alone_as_among_thousands(ulong seed)
    {
        var (model, rows) = RandomModels.Draw(seed, TaskKind.Multiclass, 2500);
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        var all = onnx.Score(rows);
        foreach (var row in new[] { 0, 1, 1023, 1024, 1500, 2499 })
            Assert.Equal(Bits(all.Row(row).ToArray()), Bits(onnx.Score(rows.Take([row])).Values));
        Assert.Empty(onnx.Score(rows.Take([])).Values);
    }

    [Fact]
    public void Concurrent_runs_do_not_disturb_each_other()
    {
        var (model, rows) = RandomModels.Draw(2, TaskKind.Binary, 3000);
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        var expected = Bits(onnx.Score(rows).Values);
        Parallel.For(0, 8, _ => Assert.Equal(expected, Bits(onnx.Score(rows).Values)));
    }

    [Fact]
    public void Equal_models_give_equal_bytes_and_other_models_do_not()
    {
        var bytes = OnnxExporter.Export(RandomModels.Draw(4, TaskKind.Binary).Model);
        Assert.Equal(bytes, OnnxExporter.Export(RandomModels.Draw(4, TaskKind.Binary).Model));
        Assert.NotEqual(bytes, OnnxExporter.Export(RandomModels.Draw(5, TaskKind.Binary).Model));
    }

    [Fact]
    public void The_signature_is_in_the_bytes()
    {
        var model = RandomModels.Draw(2, TaskKind.Multiclass).Model;
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        Assert.Equal(model.Inputs.Where(c => c.Type != ColumnType.Text), onnx.Inputs);
        Assert.Equal(model.Classes, onnx.Classes);
        Assert.Equal(TaskKind.Multiclass, onnx.Task);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("1600-02-29T23:59:59.9999999")]
    [InlineData("1900-02-28T12:00:00")]
    [InlineData("1900-03-01T00:00:00")]
    [InlineData("1969-12-31T23:59:59.9999999")]
    [InlineData("1970-01-01T00:00:00")]
    [InlineData("2000-02-29T06:30:00")]
    [InlineData("2024-12-31T23:00:00")]
    [InlineData("9999-12-31T23:59:59.9999999")]
    public void Calendar_parts_are_those_of_the_platform(string text)
    {
        var instant = DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var weekday = ((int)instant.DayOfWeek + 6) % 7;
        float[] parts = [instant.Month, instant.Day, weekday, instant.Hour];
        for (var part = 0; part < 4; part++)
        {
            var model = OfOneFeature(new ColumnSchema("t", ColumnType.Timestamp), new CalendarParts("t", [(CalendarPart)part], false));
            var scores = Score(model, new TimestampColumn("t", [instant.Ticks, TimestampColumn.Missing]));
            Assert.Equal(parts[part], scores[0]);
            Assert.True(double.IsNaN(scores[1]));
        }
    }

    [Fact]
    public void Levels_other_and_missing_have_codes_of_their_own()
    {
        var model = OfOneFeature(new ColumnSchema("c", ColumnType.Categorical), new LevelCode("c", ["b", "a"]));
        var column = CategoricalColumn.From("c", ["a", "b", "z", null, ""]);
        Assert.Equal([1, 0, 2, 3, 3], Score(model, column));
    }

    [Fact]
    public void A_text_column_is_taken_where_levels_are_read()
    {
        var model = OfOneFeature(new ColumnSchema("c", ColumnType.Categorical), new LevelCode("c", ["b", "a"]));
        Assert.Equal([1, 2, 3], Score(model, new TextColumn("c", ["a", "z", null])));
    }

    [Theory]
    [InlineData(false, false, 1f, 10)]
    [InlineData(false, false, 2f, 20)]
    [InlineData(true, false, 1f, 20)]
    [InlineData(true, false, 2f, 10)]
    [InlineData(false, true, float.NaN, 10)]
    [InlineData(true, true, float.NaN, 10)]
    [InlineData(false, false, float.NaN, 20)]
    [InlineData(true, false, float.NaN, 20)]
    public void A_split_sends_each_value_to_its_side(bool isLevel, bool missingLeft, float value, double expected)
    {
        var tree = new Tree
        {
            Output = 0,
            Feature = [0, -1, -1],
            Threshold = [isLevel ? 2 : 1.5f, 0, 0],
            IsLevel = [isLevel, false, false],
            MissingLeft = [missingLeft, false, false],
            Left = [1, 0, 0],
            Right = [2, 0, 0],
            Value = [0, 10, 20],
            Gain = [1, 0, 0],
            Cover = [3, 2, 1],
        };
        var schema = new ColumnSchema("x", ColumnType.Numeric);
        var model = new FittedModel(TaskKind.Regression, [], [schema], [new NumberAsIs("x")], new TreeEnsemblePredictor([tree], [0]));
        Assert.Equal([expected], Score(model, new NumericColumn("x", [value])));
    }

    [Fact]
    public void A_missing_column_and_a_wrong_type_are_named()
    {
        var model = OfOneFeature(new ColumnSchema("air speed", ColumnType.Numeric), new NumberAsIs("air speed"));
        var onnx = OnnxModel.Load(OnnxExporter.Export(model));
        var missing = Assert.Throws<ArgumentException>(() => onnx.Score(new Frame([new NumericColumn("x", [1])])));
        Assert.Contains("'air speed'", missing.Message);
        var wrong = Assert.Throws<ArgumentException>(() => onnx.Score(new Frame([new BooleanColumn("air speed", [1])])));
        Assert.Contains("'air speed' has the type Boolean", wrong.Message);
    }

    [Fact]
    public void A_transform_without_its_column_is_not_exported()
    {
        var model = OfOneFeature(new ColumnSchema("x", ColumnType.Numeric), new NumberAsIs("y"));
        Assert.Contains("'y'", Assert.Throws<ArgumentException>(() => OnnxExporter.Export(model)).Message);
    }

    private static FittedModel OfOneFeature(ColumnSchema input, FittedTransform transform) =>
        new(TaskKind.Regression, [], [input], [transform], new LinearPredictor([[1f]], [0f]));

    private static double[] Score(FittedModel model, Column column) =>
        OnnxModel.Load(OnnxExporter.Export(model)).Score(new Frame([column])).Values;

    private static long[] Bits(double[] values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];
}
