using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Splitting;

namespace Perennial.Learning.Tests.Splitting;

public class CrossValidationTests
{
    [Fact]
    public void Random_folds_part_the_rows_evenly() => Prop.ForAll<byte, byte, ulong>((rows, folds, seed) =>
    {
        var (n, k) = Sizes(rows, folds);
        var made = CrossValidation.KFold(n, k, seed);
        return made.Count == k && Part(made, n) && made.Max(fold => fold.Validation.Length) - made.Min(fold => fold.Validation.Length) <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stratified_folds_hold_every_class_evenly() => Prop.ForAll<byte[], byte, ulong>((labels, folds, seed) =>
    {
        int[] classes = [.. labels.Select(label => label % 4), 0, 1];
        var (_, k) = Sizes((byte)Math.Min(255, classes.Length), folds, classes.Length);
        var made = CrossValidation.Stratified(classes, k, seed);
        return Part(made, classes.Length) && classes.Distinct().All(wanted =>
        {
            int[] counts = [.. made.Select(fold => fold.Validation.Count(row => classes[row] == wanted))];
            return counts.Max() - counts.Min() <= 1;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_stay_whole() => Prop.ForAll<byte[], byte, ulong>((labels, folds, seed) =>
    {
        int[] groups = [.. labels.Select(label => label % 16), 100, 101];
        var k = 2 + (folds % (groups.Distinct().Count() - 1));
        var made = CrossValidation.Grouped(groups, k, seed);
        return made.Count == k && Part(made, groups.Length) && made.All(fold => fold.Validation.Length > 0 && !fold.Validation.Select(row => groups[row]).Intersect(fold.Train.Select(row => groups[row])).Any());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Folds_by_time_train_on_what_is_a_gap_older_and_on_all_of_it() => Prop.ForAll<short[], byte, byte>((stamps, folds, gap) =>
    {
        long[] times = [.. stamps.Select(stamp => (long)(stamp / 100)), 0, 1, 2, 3];
        var (_, k) = Sizes((byte)Math.Min(255, times.Length - 1), folds, times.Length - 1);
        var made = CrossValidation.TimeOrdered(times, k, gap % 20);
        return made.Count == k && made.All(fold =>
        {
            if (fold.Validation.Length == 0) return true;
            var first = fold.Validation.Min(row => times[row]);
            int[] older = [.. Enumerable.Range(0, times.Length).Where(row => times[row] < first && first - times[row] >= gap % 20)];
            return fold.Train.Order().SequenceEqual(older);
        }) && made.SelectMany(fold => fold.Validation).Distinct().Count() == made.Sum(fold => fold.Validation.Length);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Folds_by_time_are_as_many_as_wanted_even_where_an_instant_takes_their_rows()
    {
        var made = CrossValidation.TimeOrdered([.. Enumerable.Repeat(1L, 70), .. Enumerable.Repeat(2L, 15), .. Enumerable.Repeat(3L, 15)], 2);

        Assert.Equal([(0, 0), (0, 100)], made.Select(fold => (fold.Train.Length, fold.Validation.Length)));
    }

    [Fact]
    public void Folds_by_time_are_those_of_scikit_learn_where_no_two_rows_share_a_time()
    {
        // [(list(a), list(b)) for a, b in sklearn.model_selection.TimeSeriesSplit(3, gap=1).split(range(12))] of scikit-learn 1.2.1.
        var made = CrossValidation.TimeOrdered([.. Enumerable.Range(0, 12).Select(i => (long)i)], 3, gap: 2);

        Assert.Equal([[0, 1], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6, 7]], made.Select(fold => fold.Train));
        Assert.Equal([[3, 4, 5], [6, 7, 8], [9, 10, 11]], made.Select(fold => fold.Validation));
    }

    [Fact]
    public void The_seed_decides_the_folds()
    {
        Assert.Equal(CrossValidation.KFold(100, 5, 1)[0].Validation, CrossValidation.KFold(100, 5, 1)[0].Validation);
        Assert.NotEqual(CrossValidation.KFold(100, 5, 1)[0].Validation, CrossValidation.KFold(100, 5, 2)[0].Validation);
    }

    [Fact]
    public void Too_few_rows_or_groups_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.KFold(3, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.KFold(3, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.Grouped([1, 1, 1, 1], 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.TimeOrdered([1, 2], 2));
    }

    private static (int Rows, int Folds) Sizes(byte rows, byte folds, int most = int.MaxValue)
    {
        var n = Math.Max(2, Math.Min((int)rows, most));
        return (n, 2 + (folds % (n - 1)));
    }

    // Every row judges once, and trains wherever it does not judge.
    private static bool Part(IReadOnlyList<Fold> folds, int rows) =>
        folds.SelectMany(fold => fold.Validation).Order().SequenceEqual(Enumerable.Range(0, rows))
        && folds.All(fold => fold.Train.Concat(fold.Validation).Order().SequenceEqual(Enumerable.Range(0, rows)));
}
