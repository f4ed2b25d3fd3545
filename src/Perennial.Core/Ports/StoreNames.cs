namespace Perennial.Core.Ports;

/// <summary>The rules for names of blobs and log streams, enforced by every adapter.</summary>
public static class StoreNames
{
    /// <summary>Characters a name.</summary>
    public const int MaxLength = 512;

    /// <summary>Checks a name: 1 to 512 ASCII letters, digits, <c>- _ . /</c>, with no empty, <c>.</c> or <c>..</c> segment.</summary>
    /// <param name="kind">What is named, for the message, e.g. <c>blob</c>.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public static void Check(string kind, string name)
    {
        var valid = name.Length is >= 1 and <= MaxLength
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            && name.Split('/').All(segment => segment is not ("" or "." or ".."));
        if (!valid)
            throw new ArgumentException($"'{name}' is no {kind} name: 1 to {MaxLength} ASCII letters, digits and - _ . /, with no empty, '.' or '..' segment.");
    }
}
