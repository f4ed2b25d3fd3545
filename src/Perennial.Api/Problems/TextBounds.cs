using Perennial.Core.Outcomes;

namespace Perennial.Api.Problems;

/// <summary>Bounds of the words that people give: they go into records whose size is limited, and none may push out what comes later.</summary>
public static class TextBounds
{
    /// <summary>Characters of a name of a person, a program or a file.</summary>
    public const int Name = 100;

    /// <summary>Characters of a reason or a comment.</summary>
    public const int Reason = 1000;

    /// <summary>What is wrong with the name of somebody or something; null when nothing is.</summary>
    public static Problem? CheckName(string what, string? text) => Check(what, text, Name, char.IsControl);

    /// <summary>What is wrong with a reason or comment; null when nothing is.</summary>
    public static Problem? CheckReason(string what, string? text) => Check(what, text, Reason, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));

    /// <summary>What is wrong with a key that a caller made; null when nothing is.</summary>
    public static Problem? CheckKey(string what, string? text) => text is { Length: 0 }
        ? Problem.Invalid("bad-text", $"'{what}' is empty. Leave it out, or give 1 to {Name} printable ASCII characters.")
        : Check(what, text, Name, c => c is < ' ' or > '~');

    private static Problem? Check(string what, string? text, int most, Func<char, bool> isRefused)
    {
        if (text is null) return null;
        if (text.Length > most) return Problem.Invalid("bad-text", $"'{what}' has {text.Length} characters; at most {most} are taken.");
        foreach (var c in text)
            if (isRefused(c)) return Problem.Invalid("bad-text", $"'{what}' holds the character U+{(int)c:X4}, which is not taken there.");
        return null;
    }
}
