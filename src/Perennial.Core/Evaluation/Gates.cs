using System.Globalization;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Metrics;

namespace Perennial.Core.Evaluation;

/// <summary>What a candidate must pass before it is registered. Every gate that applies says its figures, whether it passes or not.</summary>
public static class Gates
{
    /// <summary>Judges a report.</summary>
    /// <param name="gates">What is demanded.</param>
    /// <param name="report">The evaluation, champion included where it could be compared.</param>
    /// <param name="incomparable">Why there is a champion but no comparison; null otherwise.</param>
    /// <param name="leaks">Features that tell the label nearly alone and that no person has allowed, each with its evidence.</param>
    public static IReadOnlyList<GateResult> Judge(GatesSpec gates, EvaluationReport report, string? incomparable, IReadOnlyList<string> leaks)
    {
        var results = new List<GateResult> { Leakage(gates, leaks) };
        results.AddRange(gates.Floor.OrderBy(f => f.Key, StringComparer.Ordinal).Select(floor => Floor(floor.Key, floor.Value, report)));
        if (gates.BetterThanBaseline) results.Add(Baseline(report));
        if (gates.BetterThanChampion && Champion(gates, report, incomparable) is { } champion) results.Add(champion);
        return results;
    }

    private static GateResult Leakage(GatesSpec gates, IReadOnlyList<string> leaks) => leaks.Count == 0
        ? new GateResult("leakage", true, string.Create(CultureInfo.InvariantCulture, $"No feature tells the label alone at {gates.Leakage:0.###} or better."))
        : gates.OnLeakage == LeakagePolicy.Drop
            ? new GateResult("leakage", true, $"Left out before training: {string.Join("; ", leaks)}.")
            : new GateResult("leakage", false, $"{string.Join("; ", leaks)}. Put the column into data.knownLater, or into gates.allowedLeaks where it is fair.");

    private static GateResult Floor(string metric, double floor, EvaluationReport report)
    {
        if (MetricCatalog.Find(metric) is not { } known || !report.Metrics.TryGetValue(metric, out var value))
            return new GateResult("floor", false, $"{metric} is not defined on the {report.Rows} test rows, so its floor cannot be met.");
        var passed = known.HigherIsBetter ? value >= floor : value <= floor;
        return new GateResult("floor", passed, string.Create(CultureInfo.InvariantCulture,
            $"{metric} is {value:0.####}; {(known.HigherIsBetter ? "at least" : "at most")} {floor:0.####} is demanded."));
    }

    private static GateResult Baseline(EvaluationReport report)
    {
        const string Gate = "better-than-baseline";
        if (!report.Metrics.TryGetValue(report.Metric, out var value) || !report.BaselineMetrics.TryGetValue(report.Metric, out var baseline))
            return new GateResult(Gate, false, $"{report.Metric} is not defined on the {report.Rows} test rows.");
        var passed = MetricCatalog.Find(report.Metric)!.HigherIsBetter ? value > baseline : value < baseline;
        return new GateResult(Gate, passed, string.Create(CultureInfo.InvariantCulture, $"{report.Metric} is {value:0.####}; the baseline scores {baseline:0.####} on the same {report.Rows} rows."));
    }

    private static GateResult? Champion(GatesSpec gates, EvaluationReport report, string? incomparable)
    {
        const string Gate = "better-than-champion";
        // A champion that can no longer score today's rows cannot defend its place.
        if (incomparable is not null) return new GateResult(Gate, true, $"{incomparable} It cannot be compared, and it could not serve such rows either.");
        if (report.Champion is not { } champion) return null;
        var passed = champion.Difference > gates.MinImprovement;
        // What refuses must not begin as praise.
        var verdict = passed ? $"Better than version {champion.Version} by" : $"Not better enough than version {champion.Version}: the difference is";
        return new GateResult(Gate, passed, string.Create(CultureInfo.InvariantCulture,
            $"{verdict} {champion.Difference:0.####} {report.Metric} on the same {report.Rows} rows (95 % interval {champion.Interval.Low:0.####} to {champion.Interval.High:0.####}); more than {gates.MinImprovement:0.####} is demanded."));
    }
}
