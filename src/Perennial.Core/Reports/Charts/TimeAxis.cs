namespace Perennial.Core.Reports.Charts;

/// <summary>Maps instants onto coordinates, with ticks at round dates.</summary>
internal readonly record struct TimeAxis(DateTimeOffset First, DateTimeOffset Last, double From, double To)
{
    /// <summary>The coordinate of an instant.</summary>
    public double this[DateTimeOffset at] => Last <= First ? (From + To) / 2 : From + ((at - First) / (Last - First) * (To - From));

    /// <summary>An axis over the instants.</summary>
    public static TimeAxis Over(IEnumerable<DateTimeOffset> instants, double from, double to)
    {
        var all = instants.ToList();
        return new TimeAxis(all.Min(), all.Max(), from, to);
    }

    /// <summary>Labels along the bottom: years, months, days or minutes, as the period is long.</summary>
    public Html Labels(double bottom)
    {
        var axis = this;
        return Html.Each(Ticks(), tick => Html.Of(
            $"<line class=\"axis\" x1=\"{axis[tick.At]}\" x2=\"{axis[tick.At]}\" y1=\"{bottom}\" y2=\"{bottom + 4}\"/><text class=\"m\" x=\"{axis[tick.At]}\" y=\"{bottom + 18}\">{tick.Label}</text>\n"));
    }

    private IEnumerable<(DateTimeOffset At, string Label)> Ticks()
    {
        var span = Last - First;
        if (span < TimeSpan.FromDays(3)) return Spaced(t => Figures.Time(t)[..16], 3);
        return span.TotalDays switch
        {
            > 900 => Months(12 * Math.Max(1, (int)(span.TotalDays / 365 / 8)), "yyyy"),
            > 240 => Months(Math.Max(2, (int)(span.TotalDays / 30 / 6)), "MMM yyyy"),
            > 62 => Months(1, "MMM yyyy"),
            _ => Spaced(Figures.Day, 4),
        };
    }

    private IEnumerable<(DateTimeOffset, string)> Months(int step, string format)
    {
        var at = new DateTimeOffset(First.UtcDateTime.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (; at <= Last; at = at.AddMonths(step))
            if (at >= First) yield return (at, at.UtcDateTime.ToString(format, System.Globalization.CultureInfo.InvariantCulture));
    }

    private IEnumerable<(DateTimeOffset, string)> Spaced(Func<DateTimeOffset, string> label, int count)
    {
        if (Last <= First) return [(First, label(First))];
        var (first, span) = (First, Last - First);
        return Enumerable.Range(0, count).Select(i => first + (span * i / (count - 1))).Select(at => (at, label(at)));
    }
}
