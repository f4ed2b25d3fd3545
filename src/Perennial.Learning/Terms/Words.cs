namespace Perennial.Learning.Terms;

/// <summary>
/// What a word of a text column is: a longest run of letters, marks, numbers and underscores of at least two characters, as in
/// scikit-learn's default but with marks, without which the words of some scripts fall apart. ASCII letters are lower-cased first; other
/// letters cannot be within a graph, because there it depends on a locale that a machine need not have.
/// </summary>
internal static class Words
{
    /// <summary>The class of a word's characters, as a graph has it.</summary>
    public const string Pattern = @"[\p{L}\p{M}\p{N}_]+";

    /// <summary>The fewest characters of a word.</summary>
    public const int LeastCharacters = 2;

    private static readonly CharacterClass Members = CharacterClass.ParseRepeated(Pattern)!;

    /// <summary>The words of a text that has been through <see cref="Lower"/>.</summary>
    public static TokenWalk Of(ReadOnlySpan<char> lowered) => new(lowered, Members, LeastCharacters);

    /// <summary>The text with ASCII capitals made small; the same object where there are none.</summary>
    public static string Lower(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('A', 'Z');
        return first < 0 ? text : string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        });
    }
}
