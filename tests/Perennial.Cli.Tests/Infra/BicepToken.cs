namespace Perennial.Cli.Tests.Infra;

/// <summary>A word, a number, a whole string or a symbol of a Bicep file; what a string interpolates follows it, in parentheses.</summary>
internal readonly record struct BicepToken(string Text, int Line, bool IsWord)
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "??", "::", "=~", "!~", ".?"];

    /// <summary>The tokens of a file; lines end in one of <c>"\n"</c>.</summary>
    /// <exception cref="FormatException">A bracket or a string does not close, or a character is none of Bicep's.</exception>
    public static List<BicepToken> Read(string text)
    {
        var reader = new Reader(text.ReplaceLineEndings("\n"));
        reader.Until('\0');
        return reader.Tokens;
    }

    private sealed class Reader(string text)
    {
        private readonly Stack<char> _open = new();
        private int _at;
        private int _line = 1;

        public List<BicepToken> Tokens { get; } = [];

        // Reads to the end of the file, or to the brace that ends an interpolation.
        public void Until(char end)
        {
            var depth = _open.Count;
            while (_at < text.Length)
            {
                if (end != '\0' && text[_at] == end && _open.Count == depth) return;
                Next();
            }
            if (end != '\0' || _open.Count > 0) throw Wrong("something does not close");
        }

        private void Next()
        {
            var c = text[_at];
            if (c is ' ' or '\t') _at++;
            else if (c == '\n') Line();
            else if (Here("//") || Here("#disable-next-line ")) _at = End("\n", required: false);
            else if (Here("/*")) Skip("*/");
            else if (Here("'''")) Add(_at, End("'''", required: true, from: _at + 3) + 3, isWord: false);
            else if (c == '\'') Quoted();
            else if (char.IsAsciiLetter(c) || c == '_') Add(_at, While(IsWordPart), isWord: true);
            else if (char.IsAsciiDigit(c)) Add(_at, While(char.IsAsciiDigit), isWord: false);
            else Symbol();
        }

        private void Quoted()
        {
            var interpolated = new List<BicepToken>();
            var start = ++_at;
            var value = "";
            while (true)
            {
                if (_at >= text.Length || text[_at] == '\n') throw Wrong("a string does not end on its line");
                if (text[_at] == '\'') break;
                if (text[_at] == '\\') _at += 2;
                else if (Here("${")) interpolated.AddRange(Interpolation());
                else _at++;
            }
            value = text[start.._at++];
            Tokens.Add(new BicepToken(value, _line, false));
            Tokens.AddRange(interpolated);
        }

        private List<BicepToken> Interpolation()
        {
            var from = Tokens.Count;
            Tokens.Add(new BicepToken("(", _line, false));
            _at += 2;
            Until('}');
            _at++;
            Tokens.Add(new BicepToken(")", _line, false));
            var inside = Tokens[from..];
            Tokens.RemoveRange(from, Tokens.Count - from);
            return inside;
        }

        private void Symbol()
        {
            var symbol = Symbols.FirstOrDefault(Here) ?? text[_at].ToString();
            if (symbol.Length == 1 && !"()[]{}:,.=?!<>+-*/%@|".Contains(symbol[0], StringComparison.Ordinal)) throw Wrong($"'{symbol}' is not of the language");
            if (symbol is "(" or "[" or "{") _open.Push(symbol[0]);
            else if (symbol is ")" or "]" or "}" && (!_open.TryPop(out var open) || "([{".IndexOf(open) != ")]}".IndexOf(symbol[0]))) throw Wrong($"'{symbol}' closes nothing");
            Add(_at, _at + symbol.Length, isWord: false);
        }

        private void Line()
        {
            Tokens.Add(new BicepToken("\n", _line++, false));
            _at++;
        }

        private void Add(int from, int to, bool isWord)
        {
            Tokens.Add(new BicepToken(text[from..to], _line, isWord));
            _at = to;
        }

        private void Skip(string end)
        {
            var to = End(end, required: true);
            _line += text[_at..to].Count(c => c == '\n');
            _at = to + end.Length;
        }

        private int While(Func<char, bool> part)
        {
            var to = _at;
            while (to < text.Length && part(text[to])) to++;
            return to;
        }

        private int End(string end, bool required, int? from = null)
        {
            var to = text.IndexOf(end, from ?? _at, StringComparison.Ordinal);
            if (to < 0 && required) throw Wrong("something does not close");
            return to < 0 ? text.Length : to;
        }

        private bool Here(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

        private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

        private FormatException Wrong(string what) => new($"line {_line}: {what}");
    }
}
