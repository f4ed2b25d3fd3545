namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>A dictionary from keys to values with a default, an element at a time; of keys that occur twice the first counts.</summary>
internal sealed class LabelEncoder<TKey, TValue> : Kernel, ITextKeys where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values;
    private readonly TValue _otherwise;

    public LabelEncoder(TKey[] keys, TValue[] values, TValue otherwise)
    {
        if (keys.Length != values.Length) throw new GraphFault($"there are {keys.Length} keys and {values.Length} values");
        _values = typeof(TKey) == typeof(string)
            ? new Dictionary<TKey, TValue>(keys.Length, (IEqualityComparer<TKey>)(object)StringComparer.Ordinal)
            : new Dictionary<TKey, TValue>(keys.Length);
        for (var i = 0; i < keys.Length; i++) _values.TryAdd(keys[i], values[i]);
        _otherwise = otherwise;
    }

    /// <inheritdoc/>
    public IEnumerable<string> TextKeys => _values.Keys.OfType<string>();

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        var from = input.Elements<TKey>();
        outputs[0].Reset(Tensor.TypeOf<TValue>(), input.Dims);
        var to = outputs[0].Elements<TValue>();
        for (var i = 0; i < to.Length; i++) to[i] = _values.TryGetValue(from[i], out var value) ? value : _otherwise;
    }
}

/// <summary>An operator for which all strings are alike but for some keys.</summary>
internal interface ITextKeys
{
    /// <summary>The keys; none where it does not read strings.</summary>
    IEnumerable<string> TextKeys { get; }
}

/// <summary>Chooses a LabelEncoder by the attributes that hold its keys and values.</summary>
internal static class LabelEncoders
{
    private static readonly string[] Keys = ["keys_strings", "keys_int64s", "keys_floats"];
    private static readonly string[] Values = ["values_strings", "values_int64s", "values_floats"];

    public static Kernel Of(NodeReader node)
    {
        node.Ignore("default_string", "default_int64", "default_float");
        return Only(node, Keys) switch
        {
            "keys_strings" => With(node, node.Texts("keys_strings")),
            "keys_int64s" => With(node, node.Ints("keys_int64s")),
            _ => With(node, node.Floats("keys_floats")),
        };
    }

    /// <summary>The older CategoryMapper: strings to integers, or integers to strings, by the type of the input.</summary>
    public static Kernel CategoryMapper(NodeReader node)
    {
        var (longs, strings) = (node.Ints("cats_int64s"), node.Texts("cats_strings"));
        return new ByType(
            longs: new LabelEncoder<long, string>(longs, strings, node.Text("default_string", "_Unused")),
            strings: new LabelEncoder<string, long>(strings, longs, node.Int("default_int64", -1)));
    }

    private static Kernel With<TKey>(NodeReader node, TKey[] keys) where TKey : notnull => Only(node, Values) switch
    {
        "values_strings" => new LabelEncoder<TKey, string>(keys, node.Texts("values_strings"), node.Text("default_string", "_Unused")),
        "values_int64s" => new LabelEncoder<TKey, long>(keys, node.Ints("values_int64s"), node.Int("default_int64", -1)),
        _ => new LabelEncoder<TKey, float>(keys, node.Floats("values_floats"), node.Float("default_float", -0f)),
    };

    private static string Only(NodeReader node, string[] names)
    {
        var given = names.Where(node.Has).ToArray();
        return given.Length == 1 ? given[0] : throw new GraphFault($"exactly one of the attributes {string.Join(", ", names)} is expected");
    }
}
