using Perennial.Learning.Randomness;

namespace Perennial.Learning.Splitting;

/// <summary>
/// Folds of rows (Stone 1974; Geisser 1975, "The predictive sample reuse method"). Pure functions: the same rows and seed give the same
/// folds on every machine. But for <see cref="TimeOrdered"/>, every row judges in exactly one fold and trains in all others.
/// </summary>
public static class CrossValidation
{
    /// <summary>Rows at random; the folds differ by at most one row.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="folds">How many folds, 2 to <paramref name="rows"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few rows or folds.</exception>
    public static IReadOnlyList<Fold> KFold(int rows, int folds, ulong seed) => Stratified(new int[rows], folds, seed);

    /// <summary>Every class dealt out evenly: the folds differ by at most one row of each class, and by at most one row in all.</summary>
    /// <param name="classes">The class of each row.</param>
    /// <param name="folds">How many folds, 2 to the number of rows. A class with fewer rows than folds is absent from some.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few rows or folds.</exception>
    public static IReadOnlyList<Fold> Stratified(IReadOnlyList<int> classes, int folds, ulong seed)
    {
        Check(classes.Count, folds);
        var random = new Xoshiro256(seed);
        var foldOf = new int[classes.Count];
        var next = 0;
        foreach (var members in Enumerable.Range(0, classes.Count).GroupBy(row => classes[row]).OrderBy(members => members.Key))
        {
            var shuffled = members.ToArray();
            random.Shuffle<int>(shuffled);
            // Each class goes on dealing where the one before it ended, so that small classes do not all fall to the first folds.
            foreach (var row in shuffled) foldOf[row] = next++ % folds;
        }
        return FromAssignment(foldOf, folds);
    }

    /// <summary>Whole groups: the largest first, each to the fold with the fewest rows so far (ties by a shuffled order).</summary>
    /// <param name="groups">The group of each row.</param>
    /// <param name="folds">How many folds, 2 to the number of groups.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few groups or folds.</exception>
    public static IReadOnlyList<Fold> Grouped(IReadOnlyList<int> groups, int folds, ulong seed)
    {
        var members = Enumerable.Range(0, groups.Count).GroupBy(row => groups[row]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        Check(members.Length, folds);
        new Xoshiro256(seed).Shuffle<int[]>(members);
        var (foldOf, sizes) = (new int[groups.Count], new int[folds]);
        foreach (var group in members.OrderByDescending(group => group.Length))
        {
            var fold = Array.IndexOf(sizes, sizes.Min());
            foreach (var row in group) foldOf[row] = fold;
            sizes[fold] += group.Length;
        }
        return FromAssignment(foldOf, folds);
    }

    /// <summary>
    /// The future judged from the past: rows are cut by time into one block more than there are folds, and fold i trains on all blocks up to the
    /// i-th and judges on the next (forward chaining, as scikit-learn's TimeSeriesSplit). Rows of one instant stay together, so that blocks may
    /// differ in size, and a fold may have no rows to train or to judge: there are as many folds as wanted all the same.
    /// </summary>
    /// <param name="times">The time of each row, in any unit; any order.</param>
    /// <param name="folds">How many folds, 2 to the number of rows less one.</param>
    /// <param name="gap">Rows less than this before the first row that judges are left out of training; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few rows or folds, or the gap is negative.</exception>
    public static IReadOnlyList<Fold> TimeOrdered(IReadOnlyList<long> times, int folds, long gap = 0)
    {
        Check(times.Count - 1, folds);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        int[] ordered = [.. Enumerable.Range(0, times.Count).OrderBy(row => times[row]).ThenBy(row => row)];
        var made = new List<Fold>(folds);
        for (var fold = 1; fold <= folds; fold++)
        {
            var (begin, end) = (Cut(fold), Cut(fold + 1));
            var last = LastBefore(times[ordered[begin]], gap);
            made.Add(new Fold([.. ordered[..begin].Where(row => times[row] <= last)], ordered[begin..end]));
        }
        return made;

        // Moved back to where its instant begins: what happened at one time is never on two sides.
        int Cut(int block)
        {
            var at = (int)((long)times.Count * block / (folds + 1));
            while (at > 0 && at < times.Count && times[ordered[at]] == times[ordered[at - 1]]) at--;
            return at;
        }
    }

    /// <summary>The latest time that is at least a gap before another.</summary>
    public static long LastBefore(long time, long gap) => time < long.MinValue + gap ? long.MinValue : time - gap;

    private static List<Fold> FromAssignment(int[] foldOf, int folds)
    {
        var made = new List<Fold>(folds);
        for (var fold = 0; fold < folds; fold++)
        {
            var rows = Enumerable.Range(0, foldOf.Length).ToLookup(row => foldOf[row] == fold);
            made.Add(new Fold([.. rows[false]], [.. rows[true]]));
        }
        return made;
    }

    private static void Check(int units, int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, units);
    }
}
