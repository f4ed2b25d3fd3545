using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Trees by masks: a row's values are looked up once a feature, the masks met, and the leaf that is left in each tree added. Leaves are
/// added in the order of trees, target by target, beginning from 0, then the base value: the additions of the walked trees.
/// </summary>
internal sealed class MaskTrees : MarginCore
{
    // So many rows are added side by side, because each addition waits for the one before.
    private const int Together = 4;

    private readonly LeafMasks _masks;
    private readonly MaskKernel _kernel;
    private readonly float[] _leaves;
    private readonly float[] _base;
    private readonly int[] _firstOfTarget;

    private MaskTrees(LeafMasks masks, MaskKernel kernel, IReadOnlyList<FoldedTree> trees, int targets, float[] baseValues)
    {
        (_masks, _kernel, _base) = (masks, kernel, baseValues);
        _firstOfTarget = [.. Enumerable.Range(0, targets + 1).Select(target => trees.Count(tree => tree.Target < target))];

        // One tree more, so that no mask whatever leads outside.
        _leaves = new float[(trees.Count + 1) * masks.Capacity];
        for (var t = 0; t < trees.Count; t++)
            for (var leaf = 0; leaf < trees[t].Leaves.Count; leaf++) _leaves[t * masks.Capacity + leaf] = trees[t].Leaves[leaf];
    }

    private sealed class Scratch
    {
        public required int[] Offsets { get; init; }

        public required uint[] Alive { get; init; }
    }

    public override int Outputs => _firstOfTarget.Length - 1;

    /// <summary>The trees in this form, or null where they have none: not one tree, too many leaves a tree, too many masks, or not a tree.</summary>
    /// <param name="table">The trees.</param>
    /// <param name="targets">How many targets there are.</param>
    /// <param name="baseValues">What is added last, one a target; or nothing.</param>
    /// <param name="kernel">How masks are met.</param>
    public static MaskTrees? Of(TreeTable table, int targets, float[] baseValues, MaskKernel kernel)
    {
        if (table.Roots.Length == 0) return null;
        var met = new bool[table.Nodes.Length];
        var trees = new List<FoldedTree>(table.Roots.Length);
        foreach (var root in table.Roots)
        {
            if (FoldedTree.Of(table, root, met) is not { } tree) return null;
            trees.Add(tree);
        }

        // A stable sort: within a target the order of trees is the order of additions.
        FoldedTree[] ordered = [.. trees.OrderBy(tree => tree.Target)];
        return LeafMasks.Of(ordered) is { } masks ? new MaskTrees(masks, kernel, ordered, targets, baseValues) : null;
    }

    public override object NewScratch(int rows) => new Scratch
    {
        Offsets = new int[(rows + Together - 1) / Together * Together * _masks.Features.Length],
        Alive = new uint[Together * _masks.Stride],
    };

    public override void Run(ReadOnlySpan<float> features, int width, Span<float> margins, object? scratch)
    {
        var own = (Scratch)scratch!;
        var rows = margins.Length / Outputs;
        var looked = _masks.Features;
        for (var f = 0; f < looked.Length; f++) Find(looked[f], features, width, own.Offsets.AsSpan(f, (rows - 1) * looked.Length + 1), looked.Length);
        for (var row = 0; row < rows; row += Together)
        {
            var count = Math.Min(Together, rows - row);
            var alive = own.Alive.AsSpan(0, count * _masks.Stride);
            _kernel.Meet(_masks.Table, own.Offsets.AsSpan(row * looked.Length, count * looked.Length), looked.Length, _masks.Stride, alive);
            var to = margins.Slice(row * Outputs, count * Outputs);
            if (_masks.Capacity == 32) Add<uint>(alive, to);
            else Add(MemoryMarshal.Cast<uint, ulong>(alive), to);
        }
    }

    private static void Find(SplitPoints points, ReadOnlySpan<float> features, int width, Span<int> offsets, int step)
    {
        var at = points.Feature;
        for (var to = 0; to < offsets.Length; to += step, at += width) offsets[to] = points.Find(features[at]);
    }

    private void Add<T>(ReadOnlySpan<T> alive, Span<float> margins) where T : unmanaged, IBinaryInteger<T>
    {
        var stride = alive.Length / (margins.Length / Outputs);
        for (var target = 0; target < Outputs; target++)
        {
            if (alive.Length == Together * stride) AddFour(alive, stride, target, margins);
            else
                for (var row = 0; row < margins.Length / Outputs; row++)
                    margins[row * Outputs + target] = WithBase(AddOne(alive.Slice(row * stride, stride), target), target);
        }
    }

    private float AddOne<T>(ReadOnlySpan<T> alive, int target) where T : unmanaged, IBinaryInteger<T>
    {
        ref var leaves = ref MemoryMarshal.GetArrayDataReference(_leaves);
        ref var masks = ref MemoryMarshal.GetReference(alive);
        var sum = 0f;
        for (var tree = _firstOfTarget[target]; tree < _firstOfTarget[target + 1]; tree++) sum += Leaf(ref leaves, Unsafe.Add(ref masks, tree), tree);
        return sum;
    }

    private void AddFour<T>(ReadOnlySpan<T> alive, int stride, int target, Span<float> margins) where T : unmanaged, IBinaryInteger<T>
    {
        ref var leaves = ref MemoryMarshal.GetArrayDataReference(_leaves);
        ref var masks = ref MemoryMarshal.GetReference(alive);
        var (a, b, c, d) = (0f, 0f, 0f, 0f);
        for (var tree = _firstOfTarget[target]; tree < _firstOfTarget[target + 1]; tree++)
        {
            a += Leaf(ref leaves, Unsafe.Add(ref masks, tree), tree);
            b += Leaf(ref leaves, Unsafe.Add(ref masks, tree + stride), tree);
            c += Leaf(ref leaves, Unsafe.Add(ref masks, tree + 2 * stride), tree);
            d += Leaf(ref leaves, Unsafe.Add(ref masks, tree + 3 * stride), tree);
        }
        margins[target] = WithBase(a, target);
        margins[Outputs + target] = WithBase(b, target);
        margins[2 * Outputs + target] = WithBase(c, target);
        margins[3 * Outputs + target] = WithBase(d, target);
    }

    // Without a mask's only bit this is the first leaf of the next tree, of which there is one behind the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Leaf<T>(ref float leaves, T mask, int tree) where T : unmanaged, IBinaryInteger<T> =>
        Unsafe.Add(ref leaves, tree * (8 * Unsafe.SizeOf<T>()) + int.CreateTruncating(T.TrailingZeroCount(mask)));

    private float WithBase(float sum, int target) => _base.Length > 0 ? sum + _base[target] : sum;
}
