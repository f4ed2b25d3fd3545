using System.Security.Cryptography;
using System.Text;

namespace Perennial.Local.Storage;

/// <summary>File names for names of blobs and streams: readable, one for each, and different also where case is ignored.</summary>
internal static class FileNames
{
    private const int MaxReadable = 150;

    /// <summary>
    /// <c>/</c> becomes <c>!</c>, a capital <c>^</c> and its small letter, a leading dot <c>%</c>; a name too long for a file system is cut and marked
    /// with its hash.
    /// </summary>
    public static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (c == '/') text.Append('!');
            else if (char.IsAsciiLetterUpper(c)) text.Append('^').Append(char.ToLowerInvariant(c));
            else text.Append(c == '.' && text.Length == 0 ? '%' : c);
        }
        if (text.Length <= MaxReadable) return text.ToString();
        return text.ToString(0, MaxReadable) + "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(name)));
    }
}
