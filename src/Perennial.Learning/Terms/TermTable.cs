namespace Perennial.Learning.Terms;

/// <summary>
/// A set of terms, each a sequence of tokens that stands for an output, as a tree over tokens. Finds all occurrences of terms in a
/// sequence, overlapping ones too. Safe for concurrent use once it is filled.
/// </summary>
internal sealed class TermTable
{
    /// <summary>What stands for a token that no term has.</summary>
    public const int Unknown = -1;

    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<(int Node, int Token), int> _children = [];
    private readonly List<int> _outputs = [Unknown];

    public TermTable() => _lookup = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The tokens of the longest term.</summary>
    public int Longest { get; private set; }

    /// <summary>Adds a term; false where it is there already.</summary>
    public bool TryAdd(ReadOnlySpan<string> term, int output)
    {
        var node = 0;
        foreach (var token in term)
        {
            if (!_tokens.TryGetValue(token, out var number)) _tokens.Add(token, number = _tokens.Count);
            if (!_children.TryGetValue((node, number), out var child))
            {
                _children.Add((node, number), child = _outputs.Count);
                _outputs.Add(Unknown);
            }
            node = child;
        }
        Longest = Math.Max(Longest, term.Length);
        if (node == 0 || _outputs[node] != Unknown) return false;
        _outputs[node] = output;
        return true;
    }

    /// <summary>The number of a token, or <see cref="Unknown"/>.</summary>
    public int NumberOf(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out var number) ? number : Unknown;

    /// <summary>Collects the output of every term that begins at a position of a sequence of tokens and takes every step-th of them.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="step">1 where a term's tokens stand side by side.</param>
    /// <param name="shortest">Terms of fewer tokens are left out.</param>
    /// <param name="longest">Terms of more tokens are left out.</param>
    /// <param name="hits">Where outputs go.</param>
    public void Find(ReadOnlySpan<int> tokens, int step, int shortest, int longest, ref NumberList hits)
    {
        for (var start = 0; start < tokens.Length; start++)
        {
            var node = 0;
            long at = start;
            for (var length = 1; length <= longest && at < tokens.Length; length++, at += step)
            {
                if (tokens[(int)at] == Unknown || !_children.TryGetValue((node, tokens[(int)at]), out node)) break;
                if (length >= shortest && _outputs[node] != Unknown) hits.Add(_outputs[node]);
            }
        }
    }
}
