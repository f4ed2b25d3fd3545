using System.Buffers;
using System.Text;

namespace Perennial.Learning.Terms;

/// <summary>Walks the tokens of a text: the longest runs of characters of a class that have a least length.</summary>
/// <param name="text">The text.</param>
/// <param name="members">The characters that tokens consist of.</param>
/// <param name="leastCharacters">Shorter runs are passed over; counted in code points.</param>
internal ref struct TokenWalk(ReadOnlySpan<char> text, CharacterClass members, long leastCharacters)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The present token.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Goes to the next token; false behind the last.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            while (!_rest.IsEmpty && !StartsWithMember(_rest, members, out var width)) _rest = _rest[width..];
            if (_rest.IsEmpty) return false;
            var (length, characters) = (0, 0L);
            while (length < _rest.Length && StartsWithMember(_rest[length..], members, out var width))
            {
                length += width;
                characters++;
            }
            Current = _rest[..length];
            _rest = _rest[length..];
            if (characters >= leastCharacters) return true;
        }
    }

    private static bool StartsWithMember(ReadOnlySpan<char> text, CharacterClass members, out int width)
    {
        if (char.IsAscii(text[0]))
        {
            width = 1;
            return members.Contains(new Rune(text[0]));
        }
        var whole = Rune.DecodeFromUtf16(text, out var rune, out width) == OperationStatus.Done;
        return members.Contains(whole ? rune : Rune.ReplacementChar);
    }
}
