using Perennial.Core.Ports;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Training.Tuning;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al. 2011): trials are parted into the best few and the rest, each part gives a density,
/// and of some points drawn from the density of the best the one is tried at which the two differ most. A candidate is a branch of the tree: its
/// parameters are estimated from its own trials. The constants are Optuna's defaults. Trials that are proposed together count as bad for one
/// another, so that they differ (the constant liar of Ginsbourger et al. 2010).
/// </summary>
internal static class TreeParzenSearch
{
    /// <summary>So many trials are drawn before any is proposed: defaults first, then at random.</summary>
    public const int Start = 10;

    private const int Draws = 24;
    private const double BestShare = 0.1;
    private const int MostBest = 25;

    /// <summary>Proposes trials from all that has been tried.</summary>
    /// <param name="space">What to choose from.</param>
    /// <param name="ranked">Trials but the baseline, the best first; refused ones last.</param>
    /// <param name="from">The index of the first trial proposed.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed; with the same trials it gives the same proposals.</param>
    public static IReadOnlyList<TrialPlan> Propose(SearchSpace space, IReadOnlyList<TrialPlan> ranked, int from, int count, ulong seed)
    {
        var best = Math.Min((int)Math.Ceiling(BestShare * ranked.Count), MostBest);
        var good = ranked.Take(best).ToList();
        var bad = ranked.Skip(best).ToList();
        var proposed = new List<TrialPlan>();
        for (var index = from; index < from + count; index++)
        {
            var trial = Propose(space, good, bad, index, new Xoshiro256(seed ^ ((ulong)index * 0x9E3779B97F4A7C15)));
            proposed.Add(trial);
            bad.Add(trial);
        }
        return proposed;
    }

    private static TrialPlan Propose(SearchSpace space, List<TrialPlan> good, List<TrialPlan> bad, int index, Xoshiro256 random)
    {
        var dimensions = space.Dimensions;
        double[] prior = [.. space.Candidates.Select(c => c.Parameters.Count / (double)dimensions)];
        // A candidate without parameters has been tried with its defaults: there is nothing else to try.
        var open = Enumerable.Range(0, prior.Length).Where(c => prior[c] > 0).ToArray();
        int CandidateOf(TrialPlan trial) => space.Candidates.ToList().FindIndex(c => c.Trainer == trial.Trainer);
        int ShareOf(TrialPlan trial) => space.Shares.Count == 1 ? 0 : space.Shares.ToList().IndexOf(trial.HistoryShare);
        var candidate = space.Candidates[Choose(open, [.. prior.Select(p => Math.Max(p, 1e-9))], good.Select(CandidateOf), bad.Select(CandidateOf), random)];
        double[] alike = [.. space.Shares.Select(_ => 1.0 / space.Shares.Count)];
        var share = space.Shares[Choose([.. Enumerable.Range(0, alike.Length)], alike, good.Select(ShareOf), bad.Select(ShareOf), random)];
        bool Same(TrialPlan trial) => trial.Trainer == candidate.Trainer;
        return candidate.Trial(index, share, parameter => Point(parameter, good.Where(Same), bad.Where(Same), random));
    }

    private static int Choose(int[] open, double[] prior, IEnumerable<int> good, IEnumerable<int> bad, Xoshiro256 random)
    {
        if (open.Length == 1) return open[0];
        var (likely, unlikely) = (new CategoryEstimator(prior, good), new CategoryEstimator(prior, bad));
        // Ties are broken by a draw rather than by the spec's order.
        return open.Select(choice => (choice, Gain: likely.LogProbability(choice) - unlikely.LogProbability(choice), Draw: random.NextUInt64()))
            .OrderByDescending(c => c.Gain).ThenBy(c => c.Draw).First().choice;
    }

    private static double Point(SearchParameter parameter, IEnumerable<TrialPlan> good, IEnumerable<TrialPlan> bad, Xoshiro256 random)
    {
        ParzenEstimator Of(IEnumerable<TrialPlan> trials) => new([.. trials.Select(trial => parameter.UnitOf(trial.Parameters[parameter.Name]))]);
        var (likely, unlikely) = (Of(good), Of(bad));
        var (point, most) = (0.5, double.NegativeInfinity);
        for (var draw = 0; draw < Draws; draw++)
        {
            var at = likely.Sample(random);
            var gain = likely.LogDensity(at) - unlikely.LogDensity(at);
            if (gain > most) (point, most) = (at, gain);
        }
        return parameter.At(point);
    }
}
