using Perennial.Core.Data;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>What the data stages saw.</summary>
internal static class DataSection
{
    private const int MostColumns = 200;

    /// <summary>What a person should know of the data: leaks first.</summary>
    public static Html Findings(RunDetails details)
    {
        var findings = details.Findings;
        if (findings.Count == 0 && details.Profiles.Count == 0) return Html.Empty;
        var ranked = findings.OrderBy(finding => Rank(finding.Kind)).ToList();
        var quiet = ranked.Where(finding => Rank(finding.Kind) == 2).ToList();
        return Page.Section("Findings in the data",
            "A leak is a feature that predicts the label nearly alone on held-out rows. What is known only after the event no value can tell: "
            + "a person must declare it in data.knownLater.",
            findings.Count == 0 ? Page.Empty("Nothing was found that a person should know.") : Html.Empty,
            Html.Each(ranked.Where(finding => Rank(finding.Kind) < 2), finding =>
                Page.Note(Rank(finding.Kind) == 0 ? Tone.Bad : Tone.Warn, Title(finding), Html.Of($"{finding.Message}"))),
            Html.When(quiet.Count > 0, () => Page.Table("Further findings", ["Kind", "Column", "Finding"], quiet.Select(finding => (IReadOnlyList<Html>)
                [Page.Badge(Tone.Plain, finding.Kind), Html.Of($"{finding.Column ?? Figures.None}"), Html.Of($"{finding.Message}")]))));
    }

    /// <summary>How rows were split, and every column in a line.</summary>
    public static Html Columns(RunDetails details)
    {
        if (details.Profiles.Count == 0 && details.Split is null) return Html.Empty;
        var more = details.Profiles.Count > MostColumns ? Page.Empty($"The first {MostColumns} of {details.Profiles.Count} columns are shown.") : Html.Empty;
        return Page.Section("Data and split", details.Split, details.Profiles.Count == 0
            ? Page.Empty("The columns have not been profiled.")
            : Page.Table("Columns", ["Column", "Type", "#Missing", "#Distinct", "#Mean", "Most frequent or range", "Distribution"],
                details.Profiles.Take(MostColumns).Select(Row)), more);
    }

    private static IReadOnlyList<Html> Row(ColumnProfile profile)
    {
        var rows = profile.Counts.Sum() + profile.Missing;
        return
        [
            Html.Of($"<strong>{profile.Name}</strong>"),
            Html.Of($"<span class=\"dim\">{profile.Type.ToString().ToLowerInvariant()}</span>"),
            // Text of earlier versions has no bins, so the share of its missing values is not known here.
            Html.Of($"{(profile.Missing == 0 ? Figures.None : profile.Counts.Count == 0 ? Figures.Count(profile.Missing) : Figures.Percent((double)profile.Missing / rows))}"),
            Html.Of($"{(profile.Distinct == 0 ? Figures.None : Figures.Count(profile.Distinct))}"),
            Html.Of($"{Figures.Metric(profile.Mean)}"),
            Html.Of($"<small>{Figures.Short(string.Join(", ", Bins.Frequent(profile, 3)), 60)}</small>"),
            Sparkline.Bars(profile.Counts, $"Distribution of {profile.Name}"),
        ];
    }

    private static string Title(DataFinding finding) => finding.Kind switch
    {
        "leak" => $"Leak: {finding.Column}",
        "known-later" => $"Known only later: {finding.Column}",
        "bad-rows" => "Unreadable rows",
        "expectation" => $"Expectation broken: {finding.Column}",
        _ => finding.Column is null ? finding.Kind : $"{finding.Kind}: {finding.Column}",
    };

    private static int Rank(string kind) => kind switch { "leak" or "expectation" => 0, "known-later" or "bad-rows" => 1, _ => 2 };
}
