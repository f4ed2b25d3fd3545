using System.Xml;
using System.Xml.Linq;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Reports;

namespace Perennial.Core.Tests.Reports;

public sealed class ReportTests
{
    public static TheoryData<string, string> Pages() => new()
    {
        { "run", RunReport.Render(SomeReports.Run()) },
        { "failed run", RunReport.Render(SomeReports.FailedRun()) },
        { "regression run", RunReport.Render(SomeReports.RegressionRun()) },
        { "monitor", MonitorReportPage.Render(SomeReports.Monitor()) },
        { "first monitor", MonitorReportPage.Render(SomeReports.FirstMonitor()) },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_well_formed(string page, string html)
    {
        var root = Parse(html);

        Assert.True(root.Name.LocalName == "html", page);
        Assert.False(string.IsNullOrWhiteSpace(root.Element("head")!.Element("title")!.Value));
        Assert.Single(root.Descendants("h1"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_fetches_nothing_and_runs_nothing(string page, string html)
    {
        var root = Parse(html);

        foreach (var reference in new[] { "http", "url(", "@import" })
            Assert.False(html.Contains(reference, StringComparison.OrdinalIgnoreCase), $"{page} holds {reference}");
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use");
        Assert.DoesNotContain(root.Descendants().Attributes(), attribute =>
            attribute.Name.LocalName is "src" or "href" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_picture_has_a_title_and_every_table_a_caption(string page, string html)
    {
        var root = Parse(html);

        Assert.All(root.Descendants("svg"), svg => Assert.False(string.IsNullOrWhiteSpace(svg.Element("title")?.Value), page));
        Assert.All(root.Descendants("table"), table => Assert.False(string.IsNullOrWhiteSpace(table.Element("caption")?.Value), page));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_coordinate_is_nan_or_infinite(string page, string html)
    {
        foreach (var attribute in Parse(html).Descendants("svg").Descendants().Attributes())
            if (attribute.Name.LocalName is not ("class" or "transform"))
                Assert.False(attribute.Value.Contains("NaN") || attribute.Value.Contains('∞') || attribute.Value.Contains("Infinity"), $"{page}: {attribute}");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("a & b '\u0001\u0000 </title></style>")]
    public void A_column_of_any_name_stays_text(string name)
    {
        foreach (var html in new[] { RunReport.Render(SomeReports.Run(name)), MonitorReportPage.Render(SomeReports.Monitor(name)) })
        {
            var root = Parse(html);

            Assert.Empty(root.Descendants("script"));
            Assert.Empty(root.Descendants("img"));
            Assert.Contains(root.Descendants("strong"), strong => strong.Value == name.Replace('\u0001', '\uFFFD').Replace('\u0000', '\uFFFD'));
        }
    }

    [Fact]
    public void A_run_says_first_what_came_out()
    {
        Assert.Contains("registered Version 2 beats champion 1 by 0.021 ROC AUC", Heading(RunReport.Render(SomeReports.Run())));
        Assert.Contains("failed Stage ingest could not be done", Heading(RunReport.Render(SomeReports.FailedRun())));
    }

    [Fact]
    public void A_leak_stands_before_other_findings_with_its_evidence()
    {
        var notes = Parse(RunReport.Render(SomeReports.Run())).Descendants("div").Where(div => ((string?)div.Attribute("class"))?.StartsWith("note-box", StringComparison.Ordinal) == true).ToList();

        Assert.Contains("Leak: Effect Amount of damage", notes[0].Value);
        Assert.Contains("ROC AUC 1.000", notes[0].Value);
        Assert.Contains("Known only later: Cost Total $", notes[1].Value);
    }

    [Fact]
    public void Gates_are_counted_as_they_spoke()
    {
        Assert.Contains("All gates let the candidate through.", RunReport.Render(SomeReports.Run()));
        Assert.Contains("1 of 1 gates stopped the candidate.", RunReport.Render(SomeReports.RegressionRun()));
    }

    [Fact]
    public void A_pass_says_whether_all_is_well_and_why_a_retraining_started()
    {
        var input = SomeReports.Monitor();
        var quiet = input with { Report = input.Report with { Drift = [.. input.Report.Drift.Where(result => !result.Drifted)] } };
        var dropped = input with { Report = input.Report with { Performance = input.Report.Performance! with { Dropped = true } } };

        Assert.Contains("The world of version 2 has changed: Aircraft Airline Operator", Heading(MonitorReportPage.Render(input)));
        Assert.Contains("A retraining was asked for: Aircraft Airline Operator has drifted", MonitorReportPage.Render(input));
        Assert.Contains("all is well", Heading(MonitorReportPage.Render(quiet)));
        Assert.Contains("does worse than it did, and Aircraft Airline Operator changed", Heading(MonitorReportPage.Render(dropped)));
        Assert.Contains("Too few rows to judge version 1", Heading(MonitorReportPage.Render(SomeReports.FirstMonitor())));
    }

    [Fact]
    public void Every_state_of_a_run_can_be_shown()
    {
        var input = SomeReports.Run();
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            Parse(RunReport.Render(input with { Run = input.Run with { Status = status, Conclusion = null, EndedAt = null } }));
            Parse(RunReport.Render(input with { Run = input.Run with { Status = status, Conclusion = null, Stages = [], Triggers = [] }, Details = RunDetails.Empty, Versions = [] }));
        }
    }

    [Fact]
    public void Not_a_number_is_shown_as_nothing()
    {
        var input = SomeReports.Monitor();
        var broken = input.Report with
        {
            Performance = input.Report.Performance! with { Value = double.NaN, Interval = new(double.NaN, double.NaN) },
            Drift = [.. input.Report.Drift.Select(result => result with { Psi = double.NaN, PValue = double.NaN })],
        };

        var html = MonitorReportPage.Render(new MonitorReportInput(broken, [], [], new List<Alert>()));

        Assert.DoesNotContain("NaN", html);
    }

    private static string Heading(string html) => Parse(html).Descendants("h1").Single().Value;

    private static XElement Parse(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader).Root!;
    }
}
