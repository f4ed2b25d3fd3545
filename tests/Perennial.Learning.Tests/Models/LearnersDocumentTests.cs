using System.Globalization;
using Perennial.Learning.Models;

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

    private static IEnumerable<(string Name, string Searched, string Default)> Rows(string section) => section.Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => (cells[1].Trim('`'), cells[2], cells[3]));
}
