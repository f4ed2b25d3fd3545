using System.Text;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Splits strings into tokens along one more axis, which is as long as the most tokens of a string; shorter rows are padded. Tokens are the
/// runs of a class of characters (tokenexp), what separators leave (one after the other, in order), or single characters (the only
/// separator is empty). Tokens of fewer characters than mincharnum are left out.
/// </summary>
internal sealed class Tokenizer : Kernel
{
    private readonly CharacterClass? _members;
    private readonly string[] _separators;
    private readonly long _least;
    private readonly bool _mark;

    public Tokenizer(NodeReader node)
    {
        _mark = node.Int("mark", 0) != 0;
        _least = node.Int("mincharnum", 1);
        Pad = node.Text("pad_value", "");
        _separators = [.. node.Texts("separators").Select(Literal)];
        if (node.Has("tokenexp"))
        {
            var pattern = node.Text("tokenexp", "");
            _members = CharacterClass.ParseRepeated(pattern)
                ?? throw new GraphFault($"attribute 'tokenexp' is '{pattern}'; only a class of characters followed by + is supported");
        }
        if ((_members is null) == (_separators.Length == 0)) throw new GraphFault("exactly one of the attributes separators, tokenexp is expected");
        if (_separators.Length > 1 && _separators.Contains("")) throw new GraphFault("attribute 'separators' holds an empty string beside others");
    }

    /// <summary>What fills rows up.</summary>
    public string Pad { get; }

    /// <summary>Whether a row's tokens alone are in it: no marks of its beginning and end.</summary>
    public bool IsPlain => !_mark;

    /// <summary>The work of finding a text's tokens: every separator goes through all of it.</summary>
    public long WorkOf(string text) => (text.Length + 1L) * Math.Max(1, _separators.Length);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank is < 1 or > 2) throw new GraphFault($"input has {input.Rank} axes; one or two are expected");
        var from = input.Strings;
        var found = new int[from.Length][];
        var most = 0;
        var spans = new NumberList();
        for (var i = 0; i < from.Length; i++)
        {
            spans.Clear();
            outputs[0].Work(WorkOf(from[i]));
            Find(from[i], ref spans);
            found[i] = spans.Items.ToArray();
            most = Math.Max(most, found[i].Length / 2);
        }
        spans.Dispose();
        Span<int> dims = stackalloc int[input.Rank + 1];
        input.Dims.CopyTo(dims);
        dims[^1] = most == 0 ? 0 : most + (_mark ? 2 : 0);
        outputs[0].Reset(ElementType.String, dims);
        var to = outputs[0].Strings;
        for (var i = 0; i < from.Length && dims[^1] > 0; i++) Fill(from[i], found[i], to.Slice(i * dims[^1], dims[^1]));
    }

    /// <summary>Writes where each token of a text begins and how long it is.</summary>
    public void Find(string text, ref NumberList spans)
    {
        if (_members is not null) FindRuns(text, ref spans);
        else if (_separators[0].Length == 0) FindCharacters(text, ref spans);
        else FindBetween(text, ref spans);
    }

    private void FindRuns(string text, ref NumberList spans)
    {
        var walk = new TokenWalk(text, _members!, _least);
        while (walk.MoveNext())
        {
            text.AsSpan().Overlaps(walk.Current, out var start);
            spans.Add(start);
            spans.Add(walk.Current.Length);
        }
    }

    private static void FindCharacters(string text, ref NumberList spans)
    {
        for (int start = 0, width; start < text.Length; start += width)
        {
            width = char.IsHighSurrogate(text[start]) && start + 1 < text.Length && char.IsLowSurrogate(text[start + 1]) ? 2 : 1;
            spans.Add(start);
            spans.Add(width);
        }
    }

    // What one separator leaves is given to the next. There may be very many, so they are gone through in a loop.
    private void FindBetween(string text, ref NumberList spans)
    {
        if (!IsLongEnough(text)) return;
        spans.Add(0);
        spans.Add(text.Length);
        var parts = new NumberList();
        foreach (var separator in _separators)
        {
            for (var i = 0; i < spans.Count; i += 2) Part(text, spans.Items[i], spans.Items[i] + spans.Items[i + 1], separator, ref parts);
            var used = spans;
            spans = parts;
            parts = used;
            parts.Clear();
            if (spans.Count == 0) break;
        }
        parts.Dispose();
    }

    private void Part(string text, int start, int end, string separator, ref NumberList parts)
    {
        for (var whole = true; start < end; whole = false)
        {
            var at = text.AsSpan(start, end - start).IndexOf(separator, StringComparison.Ordinal);
            var stop = at < 0 ? end : start + at;
            // A part that stays whole was counted before.
            if (stop > start && ((whole && at < 0) || IsLongEnough(text.AsSpan(start, stop - start))))
            {
                parts.Add(start);
                parts.Add(stop - start);
            }
            start = at < 0 ? end : stop + separator.Length;
        }
    }

    private void Fill(string text, int[] spans, Span<string> row)
    {
        var next = 0;
        if (_mark) row[next++] = "\u0002";
        for (var i = 0; i < spans.Length; i += 2) row[next++] = text.Substring(spans[i], spans[i + 1]);
        row[next..].Fill(Pad);
        if (_mark) row[^1] = "\u0003";
    }

    // A character is one or two chars, so that only texts between have to be counted.
    private bool IsLongEnough(ReadOnlySpan<char> text)
    {
        if (text.Length < _least) return false;
        if (text.Length / 2 >= _least) return true;
        if (_least <= 1) return text.Length > 0;
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count >= _least;
    }

    // Separators are expressions; those that stand for one string are that string.
    private static string Literal(string expression)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < expression.Length; i++)
        {
            var escaped = expression[i] == '\\' && i + 1 < expression.Length && !char.IsAsciiLetterOrDigit(expression[i + 1]);
            if (escaped) i++;
            else if (expression[i] is '\\' or '.' or '^' or '$' or '|' or '(' or ')' or '[' or ']' or '{' or '}' or '*' or '+' or '?')
                throw new GraphFault($"attribute 'separators' holds the expression '{expression}'; only plain strings are supported");
            literal.Append(expression[i]);
        }
        return literal.ToString();
    }
}
