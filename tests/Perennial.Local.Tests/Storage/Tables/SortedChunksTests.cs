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
                chunks.Remove(TableKey.Of("p", row));
                expected.Remove(row);
            }
            else
            {
                chunks.Set(Entity(row, step));
                expected[row] = step;
            }
            if (step % 1000 != 0) continue;
            Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), chunks.From(TableKey.Of("", ""), exclusive: false).Select(entity => (Row(entity), entity.Sequence)));
            Assert.Equal(expected.Count, chunks.Count);
        }
        foreach (var row in Enumerable.Range(0, 4000).Select(i => i.ToString("x")))
        {
            var found = chunks.Find(TableKey.Of("p", row));
            Assert.Equal(expected.TryGetValue(row, out var sequence) ? sequence : -1, found.Exists ? found.Sequence : -1);
            Assert.Equal(
                expected.Keys.FirstOrDefault(key => string.CompareOrdinal(key, row) > 0),
                chunks.From(TableKey.Of("p", row), exclusive: true).Select(Row).FirstOrDefault());
        }
    }

    [Fact]
    public void A_frozen_copy_does_not_change()
    {
        var chunks = new SortedChunks();
        for (var i = 0; i < 1000; i++) chunks.Set(Entity($"{i:D4}", i));
        var frozen = chunks.Freeze();
        for (var i = 0; i < 1000; i += 2) chunks.Remove(TableKey.Of("p", $"{i:D4}"));
        for (var i = 1; i < 1000; i += 2) chunks.Set(Entity($"{i:D4}", -1));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), frozen.SelectMany(chunk => Enumerable.Range(0, chunk.Count).Select(at => chunk[at].Sequence)));
    }

    private static StoredEntity Entity(string row, long sequence)
    {
        var entity = StoredEntity.Encode(TableKey.Of("p", row), new Dictionary<string, string>());
        entity.Number(sequence);
        return entity;
    }

    private static string Row(StoredEntity entity) => entity.ToEntity().Row;
}
