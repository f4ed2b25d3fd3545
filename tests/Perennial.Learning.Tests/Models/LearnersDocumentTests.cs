using System.Globalization;
using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Models;

public class LearnersDocumentTests
{
    private static readonly string Page = Documents.Read("learners.md");

    [Fact]
    public void The_page_lists_exactly_the_learners_and_their_parameters()
    {
        var sections = Page.Split("\n## ")[1..];
        Assert.Equal(ModelTraining.Learners, sections.Select(section => section.Split('\n')[0]));
        foreach (var section in sections)
            Assert.Equal(LearnerParameters.Known(section.Split('\n')[0]).Order(StringComparer.Ordinal), Rows(section).Select(row => row.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_shows_what_is_searched_and_the_defaults()
    {
        string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        foreach (var section in Page.Split("\n## ")[1..])
        {
            var space = ModelTraining.Space(section.Split('\n')[0]);
            Assert.Equal(space.Select(range => (range.Name, $"{Text(range.Low)} to {Text(range.High)}", Text(range.Default))), Rows(section).Where(row => row.Searched.Length > 0));
        }
    }

    [Fact]
    public void The_page_shows_the_defaults_of_what_is_not_searched()
    {
        var (few, many) = (LearnerParameters.ForTrees(Spec(ModelTraining.BoostedTrees, 32_767)), LearnerParameters.ForTrees(Spec(ModelTraining.BoostedTrees, 32_768)));
        var validated = LearnerParameters.ForTrees(Spec(ModelTraining.BoostedTrees, 1) with { Validation = Rows(1) });
        Assert.Equal((false, true, RegressionLoss.Squared), (few.LevelSets, many.LevelSets, few.Loss));
        var linear = Spec(ModelTraining.Linear, 1);
        var options = new Dictionary<string, object[]>
        {
            [ModelTraining.Baseline] = [new { NewestRows = LearnerParameters.NewestRows(Spec(ModelTraining.Baseline, 1)) }],
            [ModelTraining.Linear] = [LearnerParameters.ForLinear(linear), LearnerParameters.LinearFeatures(linear)],
            [ModelTraining.BoostedTrees] =
            [
                new
                {
                    Rounds = $"{validated.Rounds}, or {few.Rounds} without validation rows", LevelSets = "1 from 32,768 rows on, else 0",
                    AbsoluteLoss = 0, PoissonLoss = 0, Quantile = "", BalanceClasses = 0, PositiveWeight = 1,
                },
                few, FeatureOptions.ForTrees,
            ],
        };
        foreach (var section in Page.Split("\n## ")[1..])
            foreach (var (name, _, shown) in Rows(section).Where(row => row.Searched.Length == 0))
                Assert.Equal((name, Value(options[section.Split('\n')[0]], name)), (name, shown));
    }

    // A parameter is named like the option that it stands for, but for the first letter.
    private static string? Value(object[] options, string parameter)
    {
        var property = char.ToUpperInvariant(parameter[0]) + parameter[1..];
        var holder = options.First(option => option.GetType().GetProperty(property) is not null);
        return Convert.ToString(holder.GetType().GetProperty(property)!.GetValue(holder), CultureInfo.InvariantCulture);
    }

    private static TrainingSpec Spec(string learner, int rows) =>
        new() { Learner = learner, Task = TaskKind.Regression, Train = Rows(rows), Label = "y", Features = [] };

    private static Frame Rows(int count) => new([new NumericColumn("y", new double[count])]);

    private static IEnumerable<(string Name, string Searched, string Default)> Rows(string section) => section.Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => (cells[1].Trim('`'), cells[2], cells[3]));
}
