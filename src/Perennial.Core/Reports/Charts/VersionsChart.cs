using Perennial.Core.Registry;

namespace Perennial.Core.Reports.Charts;

/// <summary>A model's versions on a line of time, each where it was registered, with where it stands now.</summary>
internal static class VersionsChart
{
    private const double Width = 860, Left = 60, Right = 640, Step = 30;
    private const int Most = 24;

    /// <summary>Draws the newest versions, oldest first.</summary>
    public static Html Draw(IReadOnlyList<ModelVersion> versions, DateTimeOffset until)
    {
        var shown = versions.OrderBy(version => version.Version).TakeLast(Most).ToList();
        var x = TimeAxis.Over(shown.Select(version => version.CreatedAt).Append(until), Left, Right);
        var bottom = (shown.Count * Step) + 6;
        var drawing = Html.Join(shown.Select((version, i) => Html.Of(
            $"""
            <text class="e strong" x="{Left - 14}" y="{(i * Step) + 20}">v{version.Version}</text>
            <line class="grid" x1="{Left}" x2="{Right}" y1="{(i * Step) + 16}" y2="{(i * Step) + 16}"/>
            {Html.When(version.State == VersionState.Champion, () => Html.Of($"<line class=\"la\" x1=\"{x[version.CreatedAt]}\" x2=\"{Right}\" y1=\"{(i * Step) + 16}\" y2=\"{(i * Step) + 16}\"/>"))}
            <circle class="{Style(version.State)}" cx="{x[version.CreatedAt]}" cy="{(i * Step) + 16}" r="6"><title>{version.Reason}</title></circle>
            <text class="ink" x="{Right + 14}" y="{(i * Step) + 20}">{version.State.ToString().ToLowerInvariant()}, since {Figures.Day(version.CreatedAt)}</text>

            """)));
        return Plot.Figure("Versions over time", "A dot where a version was registered", $"{shown.Count} versions over time", Width, bottom + 28,
            Html.Of($"{drawing}{Plot.Base(Left, Right, bottom)}{x.Labels(bottom)}"));
    }

    private static string Style(VersionState state) => state switch
    {
        VersionState.Champion => "fa",
        VersionState.Challenger => "fb",
        VersionState.Rejected => "ring sb",
        VersionState.Retired => "ring sa",
        _ => "ring sm",
    };
}
