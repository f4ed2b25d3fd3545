using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Storage.Tables;

public sealed class SortedChunksTests
{
    [Fact]
    public void It_agrees_with_a_sorted_dictionary_over_many_random_steps()
    {
        var random = new Random(5);
        var chunks = new SortedChunks();
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var step = 0; step < 30_000; step++)
        {
            var row = random.Next(4000).ToString("x");
            if (random.Next(3) == 0)
            {
                chunks.Remove("p", row);
                expected.Remove(row);
            }
            else
            {
                chunks.Set(new StoredEntity("p", row, step, new Dictionary<string, string>()));
                expected[row] = step;
            }
            if (step % 1000 != 0) continue;
            Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), chunks.From("", "", exclusive: false).Select(entity => (entity.Row, entity.Sequence)));
            Assert.Equal(expected.Count, chunks.Count);
        }
        foreach (var row in Enumerable.Range(0, 4000).Select(i => i.ToString("x")))
        {
            Assert.Equal(expected.TryGetValue(row, out var sequence) ? sequence : null, chunks.Find("p", row)?.Sequence);
            Assert.Equal(
                expected.Keys.FirstOrDefault(key => string.CompareOrdinal(key, row) > 0),
                chunks.From("p", row, exclusive: true).FirstOrDefault()?.Row);
        }
    }

    [Fact]
    public void A_frozen_copy_does_not_change()
    {
        var chunks = new SortedChunks();
        for (var i = 0; i < 1000; i++) chunks.Set(new StoredEntity("p", $"{i:D4}", i, new Dictionary<string, string>()));
        var frozen = chunks.Freeze();
        for (var i = 0; i < 1000; i += 2) chunks.Remove("p", $"{i:D4}");
        for (var i = 1; i < 1000; i += 2) chunks.Set(new StoredEntity("p", $"{i:D4}", -1, new Dictionary<string, string>()));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), frozen.SelectMany(chunk => chunk).Select(entity => entity.Sequence));
    }
}
