using System.Globalization;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Counts the n-grams of a pool in each row of tokens (strings or int64), those over gaps of up to max_skip_count tokens too, and weighs
/// the counts (TFIDF) or whether there are any (IDF). N-grams may share an output.
/// </summary>
internal sealed class TfIdfVectorizer : Kernel
{
    private const int MostLength = 64;

    private readonly string _mode;
    private readonly int[] _indexes;
    private readonly float[] _weights;
    private readonly int _shortest;
    private readonly int _longest;
    private readonly int _skips;

    public TfIdfVectorizer(NodeReader node)
    {
        _mode = node.Text("mode", "");
        if (_mode is not ("TF" or "IDF" or "TFIDF")) throw new GraphFault($"attribute 'mode' is '{_mode}'; supported are TF, IDF, TFIDF");
        _shortest = Length(node, "min_gram_length", 1);
        _longest = Length(node, "max_gram_length", _shortest);
        _skips = Length(node, "max_skip_count", 0);
        if (node.Has("pool_strings") == node.Has("pool_int64s"))
            throw new GraphFault("exactly one of the attributes pool_strings, pool_int64s is expected");
        _indexes = node.Indices("ngram_indexes", Limits.Columns);
        var pool = node.Has("pool_strings") ? node.Texts("pool_strings") : [.. node.Ints("pool_int64s").Select(Number)];
        FillTable(node.Ints("ngram_counts"), pool);
        Width = _indexes.Max() + 1;
        _weights = node.Has("weights") ? node.Floats("weights") : [.. _indexes.Select(_ => 1f)];
        NodeReader.RequireLength("weights", _weights.Length, _indexes.Length);
    }

    /// <summary>The n-grams.</summary>
    public TermTable Table { get; } = new();

    /// <summary>The most lookups that a token can cost.</summary>
    public long WorkPerToken => (_skips + 1) * (long)_longest;

    /// <summary>The number of outputs a row.</summary>
    public int Width { get; }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank is < 1 or > 2) throw new GraphFault($"input has {input.Rank} axes; one or two are expected");
        var (rows, length) = input.Rank == 1 ? (1, input.Dim(0)) : (input.Dim(0), input.Dim(1));
        if (input.Rank == 1) outputs[0].Reset(ElementType.Float, Width);
        else outputs[0].Reset(ElementType.Float, rows, Width);
        var to = outputs[0].Floats;
        var tokens = new NumberList();
        var hits = new NumberList();
        for (var row = 0; row < rows; row++)
        {
            tokens.Clear();
            for (var i = row * length; i < (row + 1) * length; i++)
                tokens.Add(Table.NumberOf(input.Type == ElementType.String ? input.Strings[i] : Number(input.Longs[i])));
            outputs[0].Work(length * WorkPerToken);
            Count(tokens.Items, ref hits, to.Slice(row * Width, Width));
        }
        tokens.Dispose();
        hits.Dispose();
    }

    /// <summary>Writes a row's outputs.</summary>
    public void Count(ReadOnlySpan<int> tokens, ref NumberList hits, Span<float> to)
    {
        hits.Clear();
        to.Clear();

        // Single tokens have no gaps, so they count once however many skips there are.
        if (_shortest == 1) Table.Find(tokens, 1, 1, 1, ref hits);
        if (_longest > 1)
            for (var step = 1; step <= _skips + 1; step++) Table.Find(tokens, step, Math.Max(2, _shortest), _longest, ref hits);
        foreach (var hit in hits.Items)
        {
            ref var output = ref to[_indexes[hit]];
            output = _mode switch { "TF" => output + 1, "IDF" => _weights[hit], _ => output + _weights[hit] };
        }
    }

    private void FillTable(long[] counts, string[] pool)
    {
        if (counts.Length < _longest || _indexes.Length == 0) throw new GraphFault($"attribute 'ngram_counts' has {counts.Length} elements, too few");
        var ngram = 0;
        for (var length = 1; length <= counts.Length; length++)
        {
            var (start, end) = (counts[length - 1], length < counts.Length ? counts[length] : pool.Length);
            if (start < 0 || end < start || end > pool.Length || (end - start) % length != 0)
                throw new GraphFault($"attribute 'ngram_counts' says that n-grams of {length} are from {start} to {end} of {pool.Length} pooled tokens");
            for (var at = (int)start; at < end; at += length, ngram++)
            {
                if (ngram == _indexes.Length) throw new GraphFault($"attribute 'ngram_indexes' has only {ngram} elements");
                if (length < _shortest || length > _longest) continue;
                if (!Table.TryAdd(pool.AsSpan(at, length), ngram)) throw new GraphFault($"the pool holds n-gram {ngram} twice");
            }
        }
        if (ngram != _indexes.Length) throw new GraphFault($"attribute 'ngram_indexes' has {_indexes.Length} elements for {ngram} n-grams");
    }

    private static int Length(NodeReader node, string name, int least) =>
        node.Int(name, -1) is var value && value >= least && value <= MostLength ? (int)value
        : throw new GraphFault($"attribute '{name}' is {(node.Has(name) ? value : "missing")}; a number from {least} to {MostLength} is expected");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
