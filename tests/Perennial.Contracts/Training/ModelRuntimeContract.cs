using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;

namespace Perennial.Contracts.Training;

/// <summary>What every model runtime does with a graph of this project's own contract.</summary>
public abstract class ModelRuntimeContract
{
    protected abstract IModelRuntime Runtime { get; }

    /// <summary>A graph over <see cref="TrainingRows"/>.</summary>
    protected abstract byte[] Graph(TaskKind task);

    public static TheoryData<TaskKind> Tasks() => [TaskKind.Binary, TaskKind.Multiclass, TaskKind.Regression];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_row_scores_the_same_alone_and_among_others(TaskKind task)
    {
        var predictor = Runtime.Load(Graph(task));
        var rows = TrainingRows.Frame(task, 50, seed: 3);
        var together = predictor.Score(rows);
        for (var row = 0; row < rows.RowCount; row++)
            Assert.Equal(together.Row(row).ToArray(), predictor.Score(rows.Take([row])).Row(0).ToArray());
    }

    [Fact]
    public void Unseen_and_missing_values_are_scored()
    {
        var predictor = Runtime.Load(Graph(TaskKind.Binary));
        var rows = new Frame([
            new NumericColumn("age", [double.NaN, 1e30]), CategoricalColumn.From("plan", ["platinum", null]),
            new BooleanColumn("active", [BooleanColumn.Missing, 1]), new TimestampColumn("since", [TimestampColumn.Missing, 0])]);
        Assert.All(predictor.Score(rows).Values, score => Assert.InRange(score, 0, 1));
    }

    [Fact]
    public void Bytes_that_are_no_graph_are_refused()
    {
        Assert.Throws<OnnxFormatException>(() => Runtime.Load("this is not a model"u8.ToArray()));
        Assert.Throws<OnnxFormatException>(() => Runtime.Load(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void A_missing_column_or_one_of_another_type_is_named()
    {
        var predictor = Runtime.Load(Graph(TaskKind.Binary));
        var rows = TrainingRows.Frame(TaskKind.Binary, 3, seed: 3);
        var used = predictor.Inputs[0].Name;
        var missing = Assert.ThrowsAny<ArgumentException>(() => predictor.Score(rows.Without(new HashSet<string> { used })));
        Assert.Contains(used, missing.Message, StringComparison.Ordinal);
        var other = new Frame([.. rows.Columns.Select(c => c.Name == used ? new TextColumn(used, ["x", "y", "z"]) : c)]);
        if (predictor.Inputs[0].Type != ColumnType.Categorical)
            Assert.Contains(used, Assert.ThrowsAny<ArgumentException>(() => predictor.Score(other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_predictor_serves_many_at_once()
    {
        var predictor = Runtime.Load(Graph(TaskKind.Binary));
        var rows = TrainingRows.Frame(TaskKind.Binary, 100, seed: 4);
        var expected = predictor.Score(rows).Values;
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => predictor.Score(rows).Values)));
        Assert.All(all, scores => Assert.Equal(expected, scores));
    }
}
