using System.Globalization;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Monitoring;

/// <summary>Which alerts a pass opens and closes: a pure function of the alerts before and the pass.</summary>
public static class AlertBook
{
    // A message is kept in rows of tables, which have limits; the report lists every feature.
    private const int FeaturesNamed = 10;

    /// <summary>The changes, closings first. <paramref name="lastNumber"/> is the number of the last alert of the model.</summary>
    public static IReadOnlyList<(int Number, AlertChange Change)> Changes(
        MonitorSpec spec, IReadOnlyList<Alert> open, int lastNumber, MonitorReport pass)
    {
        var changes = new List<(int, AlertChange)>();
        foreach (var kind in Enum.GetValues<AlertKind>())
        {
            var message = Describe(spec, kind, pass);
            var alert = open.FirstOrDefault(a => a.Kind == kind);
            if (alert is not null && ReasonToClose(alert, pass, message) is { } because)
            {
                changes.Add((NumberOf(alert), new AlertChange("alert-closed", alert with { ClosedAt = pass.At, ClosedBecause = because })));
                alert = null;
            }
            if (alert is null && message is not null)
            {
                var number = ++lastNumber;
                var id = $"{pass.Model}-{kind.ToString().ToLowerInvariant()}-{number}";
                changes.Add((number, new AlertChange("alert-opened", new Alert(id, pass.Model, kind, pass.Version, message, pass.At, pass.Id))));
            }
        }
        return changes;
    }

    /// <summary>The number in an alert's id.</summary>
    public static int NumberOf(Alert alert) => int.Parse(alert.Id.AsSpan(alert.Id.LastIndexOf('-') + 1), CultureInfo.InvariantCulture);

    private static string? ReasonToClose(Alert alert, MonitorReport pass, string? message)
    {
        if (alert.Version != pass.Version) return $"Version {pass.Version} answers now.";
        // A pass that could not judge says nothing about the condition.
        var judged = alert.Kind == AlertKind.Drift ? pass.Judged : pass.Performance is not null;
        return judged && message is null ? "The condition no longer holds." : null;
    }

    /// <summary>What a pass shows of an alert's condition, in a sentence with the figures; null when it does not hold.</summary>
    public static string? Describe(MonitorSpec spec, AlertKind kind, MonitorReport pass)
    {
        if (kind == AlertKind.Performance)
        {
            return pass.Performance is { Dropped: true } p
                ? string.Create(CultureInfo.InvariantCulture, $"{p.Metric} of version {pass.Version} is {p.Value:0.0000} on {p.Rows} labelled rows (95 % interval {p.Interval.Low:0.0000} to {p.Interval.High:0.0000}), against {p.Baseline:0.0000} at its evaluation.")
                : null;
        }
        var drifted = pass.Drift.Where(d => d.Drifted && !spec.Quiet.Contains(d.Feature, StringComparer.Ordinal)).OrderByDescending(d => d.Psi).ToArray();
        return pass.Judged && drifted.Length > 0
            ? "Drifted from the data of version " + pass.Version + ": " + string.Join(", ", drifted.Take(FeaturesNamed).Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Feature} (PSI {d.Psi:0.00}, p {d.PValue:0.0e+0})")))
                + (drifted.Length > FeaturesNamed ? string.Create(CultureInfo.InvariantCulture, $" and {drifted.Length - FeaturesNamed} more.") : ".")
            : null;
    }
}
