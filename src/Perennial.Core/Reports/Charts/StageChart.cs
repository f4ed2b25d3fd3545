using Perennial.Core.Pipelines;

namespace Perennial.Core.Reports.Charts;

/// <summary>A run's stages along its time.</summary>
internal static class StageChart
{
    private const double Width = 860, Left = 90, Right = 760, Step = 24;

    /// <summary>Draws a bar a stage.</summary>
    public static Html Draw(IReadOnlyList<StageRecord> stages)
    {
        var axis = TimeAxis.Over(stages.SelectMany(stage => new[] { stage.StartedAt, stage.EndedAt ?? stage.StartedAt }), Left, Right);
        var drawing = Html.Join(stages.Select((stage, i) =>
        {
            var (from, to) = (axis.Last > axis.First ? axis[stage.StartedAt] : Left, axis.Last > axis.First ? axis[stage.EndedAt ?? axis.Last] : Left);
            var style = stage.Status switch { StageStatus.Failed => "fbad", StageStatus.Running => "fb", _ when stage.Cached => "fm", _ => "fa" };
            var time = stage.EndedAt is { } end ? Figures.Span(end - stage.StartedAt) : "running";
            return Html.Of(
                $"""
                <text class="e ink" x="{Left - 10}" y="{(i * Step) + 16}">{stage.Name}</text>
                <line class="grid" x1="{Left}" x2="{Right}" y1="{(i * Step) + 12}" y2="{(i * Step) + 12}"/>
                <rect class="{style}" x="{from}" y="{(i * Step) + 5}" width="{Math.Max(3, to - from)}" height="14" rx="3"/>
                <text class="e" x="{Width - 8}" y="{(i * Step) + 16}">{(stage.Cached ? "cached" : time)}</text>

                """);
        }));
        return Plot.Figure("Where the time went", null, $"Stages of the run: {string.Join(", ", stages.Select(stage => stage.Name))}", Width, (stages.Count * Step) + 4, drawing);
    }
}
