namespace Perennial.Core.Training.Tuning;

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016) with the rungs of ASHA (Li et al. 2020), a rung at a time: all trials begin on a small share of the
/// training rows, and the best third of a rung is tried again on three times as many, up to all rows. ASHA promotes as soon as it can; here a
/// rung is over first, so that what is tried does not depend on which trial ends when.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>One in so many goes on, with so many times the rows.</summary>
    public const int Factor = 3;

    /// <summary>No rung gets fewer of the training rows: less says little about the whole. A trial on a share of history, or in a fold, gets that share of a rung's rows.</summary>
    public const int FewestRows = 500;

    /// <summary>How many rungs there are for so many trials on so many rows.</summary>
    public static int Rungs(int trials, int rows)
    {
        var rungs = 1;
        for (long factor = Factor; factor <= trials && rows / factor >= FewestRows; factor *= Factor) rungs++;
        return rungs;
    }

    /// <summary>The share of rows that a rung (from 0) trains on; null is all.</summary>
    public static double? Share(int rung, int rungs)
    {
        var share = 1.0;
        for (var above = rung + 1; above < rungs; above++) share /= Factor;
        return rung == rungs - 1 ? null : share;
    }

    /// <summary>How many trials a search of rungs has in all, the baseline apart.</summary>
    public static int Total(int trials, int rungs)
    {
        var (total, rung) = (trials, trials);
        for (var i = 1; i < rungs; i++) total += rung = Promoted(rung);
        return total;
    }

    /// <summary>How many of a rung go on: one at least.</summary>
    public static int Promoted(int trials) => Math.Max(1, trials / Factor);
}
