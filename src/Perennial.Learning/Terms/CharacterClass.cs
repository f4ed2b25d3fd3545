using System.Text;

namespace Perennial.Learning.Terms;

/// <summary>
/// A class of characters as RE2 writes it, such as <c>[\p{L}_]</c> or <c>\w</c>: single characters, ranges, general categories of Unicode,
/// and \w, \d and \s, which are ASCII alone there. Half a surrogate pair counts as U+FFFD, which is what it is in UTF-8.
/// </summary>
internal sealed class CharacterClass
{
    private static readonly string[] CategoryNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc",
        "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private readonly bool[] _ascii = new bool[128];
    private readonly List<(int First, int Last)> _ranges = [];
    private bool _inverted;
    private int _categories;

    private CharacterClass()
    {
    }

    /// <summary>Whether a character is in the class.</summary>
    public bool Contains(Rune rune) => rune.IsAscii ? _ascii[rune.Value] : Find(rune);

    /// <summary>Reads a class that is repeated once or more, the whole of a pattern; null where the pattern is another.</summary>
    public static CharacterClass? ParseRepeated(string pattern)
    {
        if (pattern.Length < 2 || pattern[^1] != '+') return null;
        var body = pattern[..^1];
        var read = new CharacterClass();
        var bracketed = body.Length > 2 && body[0] == '[' && body[^1] == ']';
        if (bracketed)
        {
            read._inverted = body[1] == '^';
            body = body[(read._inverted ? 2 : 1)..^1];
        }
        var at = 0;
        while (at < body.Length)
            if (!read.TryItem(body, ref at) || (!bracketed && at < body.Length)) return null;
        if (body.Length == 0) return null;
        for (var c = 0; c < read._ascii.Length; c++) read._ascii[c] = read.Find(new Rune(c));
        return read;
    }

    private bool Find(Rune rune)
    {
        var found = (_categories >> (int)Rune.GetUnicodeCategory(rune) & 1) != 0;
        foreach (var (first, last) in _ranges) found |= rune.Value >= first && rune.Value <= last;
        return found != _inverted;
    }

    private bool TryItem(string body, ref int at)
    {
        if (body[at] == '\\' && at + 1 < body.Length && TryShorthand(body, ref at)) return true;
        if (!TryCharacter(body, ref at, out var first)) return false;
        var last = first;
        if (at + 1 < body.Length && body[at] == '-')
        {
            at++;
            if (!TryCharacter(body, ref at, out last) || last < first) return false;
        }
        _ranges.Add((first, last));
        return true;
    }

    private bool TryShorthand(string body, ref int at)
    {
        (int, int)[]? ranges = body[at + 1] switch
        {
            'w' => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            'd' => [('0', '9')],
            's' => [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
            _ => null,
        };
        if (ranges is null) return body[at + 1] == 'p' && TryCategory(body, ref at);
        _ranges.AddRange(ranges);
        at += 2;
        return true;
    }

    private bool TryCategory(string body, ref int at)
    {
        var end = at + 2 < body.Length && body[at + 2] == '{' ? body.IndexOf('}', at) : at + 2;
        if (end < 0 || end >= body.Length) return false;
        var name = body[(at + 2)..(end + 1)].Trim('{', '}');
        var named = Enumerable.Range(0, CategoryNames.Length)
            .Where(c => CategoryNames[c] == name || (name.Length == 1 && CategoryNames[c][0] == name[0])).ToArray();
        foreach (var category in named) _categories |= 1 << category;
        at = end + 1;
        return named.Length > 0;
    }

    // Characters beyond the basic plane come as pairs, which a class of ranges would take apart; they can be named by category.
    private static bool TryCharacter(string body, ref int at, out int character)
    {
        character = body[at++];
        if (character is '[' or ']' || char.IsSurrogate((char)character)) return false;
        if (character != '\\') return true;
        if (at == body.Length) return false;
        character = body[at++];
        if (!char.IsAsciiLetterOrDigit((char)character)) return character < 128;
        character = (char)character switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', 'v' => '\v', _ => -1 };
        return character >= 0;
    }
}
