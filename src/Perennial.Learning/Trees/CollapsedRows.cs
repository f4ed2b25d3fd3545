using Perennial.Learning.Models;

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
    // can share them. The number of parts decides the order of groups, so it is the same on every machine.
    private const int Parts = 8;
    private const int EarlyRows = 8;

    /// <summary>Collapses rows, unless that would leave more than half of them.</summary>
    public static CollapsedRows? Of(BinnedMatrix matrix, TrainingTargets targets, int threads)
    {
        var words = RowTable.Of(matrix, 0, threads);
        var parts = new Part[Parts];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };

        // Where an eighth of the rows has hardly any equal ones, the rest is not looked at.
        var early = matrix.RowCount / EarlyRows;
        Parallel.For(0, Parts, options, p =>
        {
            parts[p] = new Part(p, words, targets, matrix.RowCount / (2 * Parts));
            parts[p].Add(0, early);
        });
        if (parts.Sum(part => part.Count) > 0.7 * early) return null;
        Parallel.For(0, Parts, options, p => parts[p].Add(early, matrix.RowCount));
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

    // Row is the first one; Sum that of weighted targets.
    private record struct Group(int Row, int Count, double Weight, double Sum);

    private sealed class Part
    {
        private const uint Factor = 0x9E3779B1;

        private readonly int _number;
        private readonly RowTable _table;
        private readonly int _stride;
        private readonly TrainingTargets _targets;
        private readonly int _most;
        private readonly int[] _slots;
        private Group[] _groups = new Group[1024];

        public Part(int number, RowTable table, TrainingTargets targets, int most)
        {
            (_number, _table, _stride, _targets, _most) = (number, table, table.Stride, targets, most);
            _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * most))];
        }

        /// <summary>The number of groups.</summary>
        public int Count { get; private set; }

        /// <summary>Whether there are more groups than may be; rows were left out then.</summary>
        public bool IsFull { get; private set; }

        /// <summary>The groups in the order of their first rows.</summary>
        public IEnumerable<Group> Groups => _groups.Take(Count);

        /// <summary>Adds the rows of this part from one on to before another.</summary>
        public void Add(int begin, int end)
        {
            ReadOnlySpan<ulong> words = _table.Words;
            var (targets, weights) = (_targets.Values, _targets.Weights);
            for (var row = begin; row < end && !IsFull; row++)
            {
                var key = words.Slice(row * _stride, _stride);
                var hash = HashOf(key);
                if (hash % Parts != _number || weights[row] == 0) continue;
                ref var group = ref Find(words, key, (int)(hash / Parts) & (_slots.Length - 1), row);
                group.Weight += weights[row];
                group.Sum += weights[row] * targets[row];
                group.Count++;
            }
        }

        // Slots hold 1 + the group, 0 where free.
        private ref Group Find(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> key, int slot, int row)
        {
            for (; _slots[slot] > 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                ref var group = ref _groups[_slots[slot] - 1];
                if (key.Length == 1 ? words[group.Row] == key[0] : words.Slice(group.Row * _stride, _stride).SequenceEqual(key)) return ref group;
            }
            if (Count == _groups.Length) Array.Resize(ref _groups, 2 * Count);
            _groups[Count] = new Group(row, 0, 0, 0);
            _slots[slot] = ++Count;
            IsFull = Count > _most;
            return ref _groups[Count - 1];
        }

        private static uint HashOf(ReadOnlySpan<ulong> key)
        {
            var hash = 0UL;
            foreach (var word in key)
            {
                hash = (hash ^ word) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 32;
            }
            return (uint)hash * Factor ^ (uint)(hash >> 47);
        }
    }
}
