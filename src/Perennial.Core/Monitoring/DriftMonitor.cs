using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Monitoring;

/// <summary>
/// Compares a window's profiles with a baseline's. A feature has drifted only when the difference is both large (population stability index,
/// Siddiqi 2006) and not chance (chi-squared test of homogeneity, Bonferroni-adjusted over the features of a pass): the index alone
/// grows with few rows, the test alone with many. Bins that expect fewer than five rows are pooled first (Cochran 1954).
/// </summary>
public static class DriftMonitor
{
    private const double LeastExpected = 5;

    /// <summary>A result a pair of profiles, in their order.</summary>
    public static IReadOnlyList<DriftResult> Compare(MonitorSpec spec, IReadOnlyList<(ColumnProfile Then, ColumnProfile Now)> pairs)
    {
        var results = new DriftResult[pairs.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var (then, now) = Pool(Counts(pairs[i].Then), Counts(pairs[i].Now));
            var psi = then.Length < 2 ? 0 : PopulationStability.Index(then, now);
            var p = then.Length < 2 ? 1 : Math.Min(1, ChiSquared.Homogeneity(then, now).PValue * pairs.Count);
            var distance = then.Length < 2 ? 0 : JensenShannon.Distance(then, now);
            results[i] = new DriftResult(pairs[i].Then.Name, psi, distance, p, psi > spec.Psi && p < spec.Alpha, pairs[i].Then, pairs[i].Now);
        }
        return results;
    }

    private static double[] Counts(ColumnProfile profile) => [.. profile.Counts.Select(c => (double)c), profile.Missing];

    private static (double[] Then, double[] Now) Pool(double[] then, double[] now)
    {
        var (rowsThen, rowsNow) = (then.Sum(), now.Sum());
        if (rowsThen == 0 || rowsNow == 0) return ([], []);
        var (keptThen, keptNow) = (new List<double>(), new List<double>());
        var (restThen, restNow) = (0.0, 0.0);
        for (var i = 0; i < then.Length; i++)
        {
            // The bin's share of all rows, in the smaller of both samples. A bin that is full on one side is news whatever it expects.
            var expected = (then[i] + now[i]) / (rowsThen + rowsNow) * Math.Min(rowsThen, rowsNow);
            if (expected >= LeastExpected || now[i] >= 2 * LeastExpected)
            {
                keptThen.Add(then[i]);
                keptNow.Add(now[i]);
            }
            else
            {
                restThen += then[i];
                restNow += now[i];
            }
        }
        if (restThen + restNow > 0)
        {
            keptThen.Add(restThen);
            keptNow.Add(restNow);
        }
        return ([.. keptThen], [.. keptNow]);
    }
}
