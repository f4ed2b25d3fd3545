using Perennial.Learning.Numerics;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Trees;

/// <summary>
/// The rows a tree is grown on, in shards that threads claim one after another: shard s holds blocks s, s + S, s + 2S, … of
/// <see cref="FixedOrderSums.Block"/> rows, so that shards are alike even where rows are sorted. In each shard the rows of a leaf lie
/// together, ascending.
/// </summary>
internal sealed class RowShards
{
#if DEBUG
    private const int Block = 64;
#else
    private const int Block = FixedOrderSums.Block;
#endif
    private const int Most = 32;

    private readonly int[] _rows;
    private readonly int[] _starts;
    private readonly int _rowCount;

    /// <summary>Room for all rows of a matrix.</summary>
    public RowShards(int rowCount)
    {
        _rowCount = rowCount;
        _rows = HugePages.Advise(GC.AllocateUninitializedArray<int>(rowCount));
        Count = Math.Clamp((rowCount + Block - 1) / Block, 1, Most);
        _starts = new int[Count + 1];
        for (var shard = 0; shard < Count; shard++) _starts[shard + 1] = _starts[shard] + Fill(shard, null, []);
    }

    /// <summary>The number of shards.</summary>
    public int Count { get; }

    /// <summary>Fills a shard with its rows where <paramref name="sample"/> is true (all where it is null). Returns how many there are.</summary>
    public int Fill(int shard, bool[]? sample) => Fill(shard, sample, _rows.AsSpan(_starts[shard]));

    /// <summary>Some rows of a shard.</summary>
    public Span<int> Rows(int shard, int begin, int count) => _rows.AsSpan(_starts[shard] + begin, count);

    // With no room it only counts.
    private int Fill(int shard, bool[]? sample, Span<int> rows)
    {
        var count = 0;
        for (var block = shard; (long)block * Block < _rowCount; block += Count)
        {
            var end = (int)Math.Min((long)(block + 1) * Block, _rowCount);
            var first = block * Block;
            if (rows.IsEmpty) count += end - first;
            else if (sample is null)
            {
                var run = rows.Slice(count, end - first);
                for (var i = 0; i < run.Length; i++) run[i] = first + i;
                count += run.Length;
            }
            else
            {
                for (var row = first; row < end; row++)
                {
                    rows[count] = row;
                    count += sample[row] ? 1 : 0;
                }
            }
        }
        return count;
    }
}
