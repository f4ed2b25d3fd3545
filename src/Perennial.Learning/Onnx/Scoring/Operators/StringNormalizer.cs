using Perennial.Learning.Terms;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Changes the case of strings and leaves stop words out. In the locales C and POSIX only ASCII letters have a case; for every other
/// locale the simple case mapping of Unicode is taken, which is that of nearly all of them.
/// </summary>
internal sealed class StringNormalizer : Kernel
{
    private readonly bool _asciiOnly;
    private readonly bool _caseSensitive;
    private readonly string _action;
    private readonly HashSet<string> _stopWords;

    public StringNormalizer(NodeReader node)
    {
        _asciiOnly = node.Text("locale", "en_US") is "C" or "POSIX";
        _caseSensitive = node.Int("is_case_sensitive", 0) != 0;
        _action = node.Text("case_change_action", "NONE");
        if (_action is not ("NONE" or "LOWER" or "UPPER"))
            throw new GraphFault($"attribute 'case_change_action' is '{_action}'; supported are NONE, LOWER, UPPER");
        _stopWords = [.. node.Texts("stopwords").Select(Compared)];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank is < 1 or > 2 || (input.Rank == 2 && input.Dim(0) != 1))
            throw new GraphFault($"input has the shape [{string.Join(", ", input.Dims.ToArray())}]; supported are [n] and [1, n]");
        var from = input.Strings;
        var kept = 0;
        foreach (var text in from) kept += IsKept(text) ? 1 : 0;

        // Where nothing is left, one empty string is, as the standard wants it.
        var length = Math.Max(1, kept);
        if (input.Rank == 1) outputs[0].Reset(ElementType.String, length);
        else outputs[0].Reset(ElementType.String, 1, length);
        var to = outputs[0].Strings;
        if (kept == 0) to[0] = "";
        var next = 0;
        foreach (var text in from)
        {
            if (!IsKept(text)) continue;
            outputs[0].Work(text.Length);
            to[next++] = Changed(text, _action);
        }
    }

    private bool IsKept(string text) => _stopWords.Count == 0 || !_stopWords.Contains(Compared(text));

    private string Compared(string text) => _caseSensitive ? text : Changed(text, "LOWER");

    private string Changed(string text, string action) => action switch
    {
        "LOWER" => _asciiOnly ? Words.Lower(text) : text.ToLowerInvariant(),
        "UPPER" => _asciiOnly ? string.Concat(text.Select(c => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c)) : text.ToUpperInvariant(),
        _ => text,
    };
}
