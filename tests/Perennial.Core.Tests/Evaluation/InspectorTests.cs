using Perennial.Core.Evaluation;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Tests.Evaluation;

public sealed class InspectorTests
{
    private static readonly TrainingPlan Plan = new(TaskKind.Regression, "y", [], "rmse", null, ["a", "b", "c"], []);

    [Fact]
    public void The_column_that_answers_is_relied_on_and_drawn_and_others_are_not()
    {
        var inspection = Inspector.Inspect(Plan, Rows(500), new FirstColumn(), Shares(), 1, default)!;

        Assert.Equal((500, "rmse", 3), (inspection.Rows, inspection.Metric, inspection.Columns));
        Assert.Equal("a", inspection.Reliances[0].Column);
        Assert.True(inspection.Reliances[0].Drop > 1);
        Assert.All(inspection.Reliances.Skip(1), r => Assert.Equal(0, r.Drop));
        var drawn = Assert.Single(inspection.Dependence);
        Assert.Equal(("a", ColumnType.Numeric, 300), (drawn.Column, drawn.Type, drawn.Rows));
        Assert.All(drawn.Points, p => Assert.Equal(double.Parse(p.Value, System.Globalization.CultureInfo.InvariantCulture), p.Scores[0], 1e-9));
    }

    [Fact]
    public void Many_rows_and_columns_cost_no_more_than_is_said()
    {
        var counting = new FirstColumn(columns: 100);
        var shares = Enumerable.Range(0, 100).ToDictionary(i => $"c{i}", i => 1.0 / (i + 1));
        var inspection = Inspector.Inspect(Plan, Rows(30_000, columns: 100), counting, shares, 1, default)!;

        Assert.Equal((Inspector.MostRows, Inspector.MostColumns, 100), (inspection.Rows, inspection.Reliances.Count, inspection.Columns));
        // Of the columns, which all count alike but for the first, one alone is drawn.
        Assert.Equal(136_400, Inspector.MostScored);
        Assert.Equal(Inspector.MostScored - (3 * 12 * 300), counting.Rows);
    }

    [Fact]
    public void Of_a_text_the_words_that_the_graph_reads_are_told_with_what_they_add()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(row => $"row {row}{(row % 3 == 0 ? ", ENGINE on fire" : "")}{(row % 4 == 0 ? " calm" : "")} fireman")];
        var frame = new Frame([new TextColumn("remarks", texts)]);
        var rows = new LabelledRows(frame, [.. Fire.Of(texts)], []);
        var counting = new Fire();

        var inspection = Inspector.Inspect(Plan with { Features = ["remarks"] }, rows, counting, new Dictionary<string, double> { ["remarks"] = 1 }, 1, default)!;

        var words = Assert.Single(inspection.Words!);
        Assert.Equal([("fire", 167, 2.0), ("calm", 125, -0.5)], words.Words.Select(w => (w.Word, w.Rows, Math.Round(w.Change, 9))));
        Assert.Empty(inspection.Dependence);
        // The sample once, shuffled thrice; of the words 'row' and 'fireman' are in all rows, numbers in one, and 'engine', 'on', 'fire' and 'calm' are asked about on 100 each.
        Assert.Equal(500 + (3 * 500) + (4 * 100), counting.Rows);
    }

    [Fact]
    public void Where_the_metric_is_not_defined_nothing_is_inspected()
    {
        var plan = Plan with { Task = TaskKind.Binary, Metric = "rocAuc", Classes = ["no", "yes"] };
        var rows = Rows(50);
        Assert.Null(Inspector.Inspect(plan, rows with { Labels = new double[50] }, new FirstColumn(), Shares(), 1, default));
        Assert.Null(Inspector.Inspect(Plan, rows, new FirstColumn(), new Dictionary<string, double>(), 1, default));
    }

    private static Dictionary<string, double> Shares() => new() { ["a"] = 0.5, ["b"] = 0.3, ["c"] = 0.2 };

    private static LabelledRows Rows(int count, int columns = 3)
    {
        string[] names = columns == 3 ? ["a", "b", "c"] : [.. Enumerable.Range(0, columns).Select(i => $"c{i}")];
        var frame = new Frame([.. names.Select((name, i) => new NumericColumn(name, [.. Enumerable.Range(0, count).Select(row => (double)((row * (37 + i)) % 101))]))]);
        return new LabelledRows(frame, ((NumericColumn)frame[names[0]]).Values.ToArray(), []);
    }

    /// <summary>Answers with the first column, and counts the rows that it is asked.</summary>
    private sealed class FirstColumn(int columns = 3) : IPredictor
    {
        public int Rows { get; private set; }

        public IReadOnlyList<ColumnSchema> Inputs { get; } =
            columns == 3 ? [new("a", ColumnType.Numeric), new("b", ColumnType.Numeric), new("c", ColumnType.Numeric)] : [.. Enumerable.Range(0, columns).Select(i => new ColumnSchema($"c{i}", ColumnType.Numeric))];

        public IReadOnlyList<string> Classes => [];

        public Scores Score(Frame rows)
        {
            Rows += rows.RowCount;
            return new Scores(1, ((NumericColumn)rows[Inputs[0].Name]).Values.ToArray());
        }
    }

    /// <summary>2 where the text has the word fire, less a half where it has calm.</summary>
    private sealed class Fire : IPredictor
    {
        public int Rows { get; private set; }

        public IReadOnlyList<ColumnSchema> Inputs { get; } = [new ColumnSchema("remarks", ColumnType.Text)];

        public IReadOnlyList<string> Classes => [];

        public static IEnumerable<double> Of(IEnumerable<string> texts) =>
            texts.Select(text => text.Split(' ')).Select(words => (words.Contains("fire") ? 2 : 0) - (words.Contains("calm") ? 0.5 : 0));

        public Scores Score(Frame rows)
        {
            Rows += rows.RowCount;
            return new Scores(1, [.. Of(((TextColumn)rows["remarks"]).Values.ToArray()!)]);
        }
    }
}
