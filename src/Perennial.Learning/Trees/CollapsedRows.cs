using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// Rows that fall into the same bins of every feature, as one: with the sum of their weights, the mean of their targets and their number.
/// Trees cannot tell such rows apart, and where gradients are linear in the target (log loss of two classes, squared loss) and hessians do
/// not depend on it, sums over rows are the same as before.
/// </summary>
/// <param name="Matrix">One row a group.</param>
/// <param name="Targets">Mean targets and summed weights.</param>
/// <param name="Counts">How many rows of weight above 0 each group has.</param>
internal sealed record CollapsedRows(BinnedMatrix Matrix, TrainingTargets Targets, int[] Counts)
{
    // Groups are found part by part, each of the rows whose hash falls into it, so that a part's table stays in a near cache and threads
    // can share them. The number of parts decides the order of groups, so it is the same on every machine. All parts go through one chunk
    // of rows before the next, so that the chunk comes from memory once.
    private const int Parts = 8;
    private const int EarlyRows = 8;
#if DEBUG
    private const int Chunk = 512;
#else
    private const int Chunk = 1 << 18;
#endif

    /// <summary>Collapses rows, unless that would leave more than half of them.</summary>
    public static CollapsedRows? Of(BinnedMatrix matrix, TrainingTargets targets, int threads)
    {
        var words = RowTable.Of(matrix, 0, threads);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        var hashes = new uint[Math.Min(Chunk, matrix.RowCount)];
        Part[] parts = [.. Enumerable.Range(0, Parts).Select(p => new Part((uint)p, words, targets, matrix.RowCount / (2 * Parts)))];
        void Add(int begin, int end)
        {
            for (var first = begin; first < end; first += Chunk)
            {
                var count = Math.Min(Chunk, end - first);
                FixedOrderSums.ForEachBlock(count, threads, (_, from, to) => Hash(words, first + from, hashes.AsSpan(from, to - from)));
                Parallel.For(0, Parts, options, p => parts[p].Add(first, hashes.AsSpan(0, count)));
            }
        }

        // Where an eighth of the rows has hardly any equal ones, the rest is not looked at.
        var early = matrix.RowCount / EarlyRows;
        Add(0, early);
        if (parts.Sum(part => part.Count) > 0.7 * early) return null;
        Add(early, matrix.RowCount);
        return parts.Any(part => part.IsFull) ? null : Gather(matrix, targets, parts, options);
    }

    private static CollapsedRows Gather(BinnedMatrix matrix, TrainingTargets targets, Part[] parts, ParallelOptions options)
    {
        Group[] groups = [.. parts.SelectMany(part => part.Groups)];
        var rows = Array.ConvertAll(groups, group => group.Row);
        var columns = new byte[matrix.FeatureCount][];
        Parallel.For(0, columns.Length, options, f =>
        {
            var from = matrix.Column(f);
            columns[f] = Array.ConvertAll(rows, row => from[row]);
        });
        var means = targets with
        {
            Values = Array.ConvertAll(groups, group => group.Sum / group.Weight),
            Weights = Array.ConvertAll(groups, group => group.Weight),
        };
        return new CollapsedRows(new BinnedMatrix(rows.Length, matrix.Binnings, columns), means, Array.ConvertAll(groups, group => group.Count));
    }

    private static void Hash(RowTable table, int first, Span<uint> hashes)
    {
        var stride = table.Stride;
        ReadOnlySpan<ulong> words = table.Words[(first * stride)..];
        for (var i = 0; i < hashes.Length; i++)
        {
            var hash = 0UL;
            foreach (var word in words.Slice(i * stride, stride))
            {
                hash = (hash ^ word) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 32;
            }
            hashes[i] = (uint)hash * 0x9E3779B1 ^ (uint)(hash >> 47);
        }
    }

    // Row is the first one and Key its first word; Sum is that of weighted targets.
    private record struct Group(ulong Key, int Row, int Count, double Weight, double Sum);

    private sealed class Part
    {
        // So many rows are picked out before they are looked up, without a branch that cannot be foreseen.
        private const int Batch = 256;

        private readonly uint _number;
        private readonly RowTable _table;
        private readonly int _stride;
        private readonly TrainingTargets _targets;
        private readonly int _most;
        private readonly int[] _slots;
        private Group[] _groups = new Group[1024];

        public Part(uint number, RowTable table, TrainingTargets targets, int most)
        {
            (_number, _table, _stride, _targets, _most) = (number, table, table.Stride, targets, most);
            // A table that is full is left only after the batch that filled it, for which there must be room.
            _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(most + Batch, 2 * most))];
        }

        /// <summary>The number of groups.</summary>
        public int Count { get; private set; }

        /// <summary>Whether there are more groups than may be; rows were left out then.</summary>
        public bool IsFull { get; private set; }

        /// <summary>The groups in the order of their first rows.</summary>
        public IEnumerable<Group> Groups => _groups.Take(Count);

        /// <summary>Adds the rows of this part from one on, of which there is a hash each.</summary>
        public void Add(int first, ReadOnlySpan<uint> hashes)
        {
            ReadOnlySpan<ulong> words = _table.Words;
            var (targets, weights) = (_targets.Values, _targets.Weights);
            Span<int> mine = stackalloc int[Batch];
            for (var begin = 0; begin < hashes.Length && !IsFull; begin += Batch)
            {
                var count = 0;
                var end = Math.Min(begin + Batch, hashes.Length);
                for (var i = begin; i < end; i++)
                {
                    mine[count] = i;
                    count += hashes[i] % Parts == _number ? 1 : 0;
                }
                foreach (var i in mine[..count])
                {
                    var row = first + i;
                    if (weights[row] == 0) continue;
                    ref var group = ref Find(words, row, (int)(hashes[i] / Parts) & (_slots.Length - 1));
                    group.Weight += weights[row];
                    group.Sum += weights[row] * targets[row];
                    group.Count++;
                }
            }
        }

        // Slots hold 1 + the group, 0 where free.
        private ref Group Find(ReadOnlySpan<ulong> words, int row, int slot)
        {
            var key = words[row * _stride];
            for (; _slots[slot] > 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                ref var group = ref _groups[_slots[slot] - 1];
                if (group.Key == key && (_stride == 1 || words.Slice(group.Row * _stride, _stride).SequenceEqual(words.Slice(row * _stride, _stride)))) return ref group;
            }
            if (Count == _groups.Length) Array.Resize(ref _groups, 2 * Count);
            _groups[Count] = new Group(key, row, 0, 0, 0);
            _slots[slot] = ++Count;
            IsFull = Count > _most;
            return ref _groups[Count - 1];
        }
    }
}
