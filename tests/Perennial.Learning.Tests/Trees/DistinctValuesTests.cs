using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class DistinctValuesTests
{
    [Fact]
    public void They_are_those_of_a_plain_grouping() =>
        Prop.ForAll<float[]>(values => Same([.. values, .. values.Take(3)])).QuickCheckThrowOnFailure();

    // More than a table holds, in debug and in release builds; both signs, infinities, zeros of both signs and missing among them.
    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void The_table_and_the_sort_agree_with_it(int distinct)
    {
        var random = new Xoshiro256(12);
        var pool = Enumerable.Range(0, distinct).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.NextUInt64())).ToArray();
        float[] values = [.. Enumerable.Range(0, 30_000).Select(_ => pool[random.Next(distinct)]), 0f, -0f, float.NaN, float.NegativeInfinity, float.PositiveInfinity];
        Assert.True(Same(values));
    }

    private static bool Same(float[] values)
    {
        var (distinct, counts) = DistinctValues.Of(values);
        var groups = values.Where(v => !float.IsNaN(v)).GroupBy(v => v + 0f).OrderBy(g => g.Key).ToArray();
        return groups.Select(g => g.Key).SequenceEqual(distinct) && groups.Select(g => g.Count()).SequenceEqual(counts);
    }
}
