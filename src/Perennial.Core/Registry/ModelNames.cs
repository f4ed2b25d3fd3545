namespace Perennial.Core.Registry;

/// <summary>What a model may be called: 1 to 48 of a-z, 0-9 and '-', a letter first, so that a name is also a key, a folder and an id's part.</summary>
public static class ModelNames
{
    private const int MaxLength = 48;

    /// <summary>Whether a model can have that name; there is none of any other.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
