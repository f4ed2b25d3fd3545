namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>One more axis behind with a float a category, 1 where the element is that category. An unknown one is all zeros.</summary>
internal sealed class OneHotEncoder : Kernel
{
    private readonly Dictionary<long, int>? _longs;
    private readonly Dictionary<string, int>? _strings;
    private readonly int _count;
    private readonly bool _zeros;

    public OneHotEncoder(NodeReader node)
    {
        _zeros = node.Int("zeros", 1) != 0;
        if (node.Has("cats_int64s") == node.Has("cats_strings"))
            throw new GraphFault("exactly one of the attributes cats_int64s, cats_strings is expected");
        if (node.Has("cats_strings")) _strings = Index(node.Texts("cats_strings"), out _count);
        else _longs = Index(node.Ints("cats_int64s"), out _count);
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank == Limits.Rank) throw new GraphFault($"input has {input.Rank} axes, which leaves no room for one more");
        Span<int> dims = stackalloc int[input.Rank + 1];
        input.Dims.CopyTo(dims);
        dims[^1] = _count;
        outputs[0].Reset(ElementType.Float, dims);
        var hot = outputs[0].Floats;
        hot.Clear();
        for (var i = 0; i < input.Count; i++)
        {
            var category = CategoryOf(input, i);
            if (category >= 0) hot[i * _count + category] = 1;
            else if (!_zeros) throw new GraphFault("a value is none of the categories, which attribute zeros = 0 forbids");
        }
    }

    private int CategoryOf(Tensor input, int i)
    {
        if (_strings is not null) return _strings.GetValueOrDefault(input.Strings[i], -1);
        var category = input.Type switch
        {
            ElementType.Float => (long)input.Floats[i],
            ElementType.Double => (long)input.Doubles[i],
            _ => input.Longs[i],
        };
        return _longs!.GetValueOrDefault(category, -1);
    }

    private static Dictionary<T, int> Index<T>(T[] categories, out int count) where T : notnull
    {
        var index = new Dictionary<T, int>(categories.Length);
        for (var i = 0; i < categories.Length; i++)
            if (!index.TryAdd(categories[i], i)) throw new GraphFault($"category '{categories[i]}' occurs twice");
        count = categories.Length;
        return index;
    }
}
