using System.Text;

namespace Perennial.Azure.Tables;

/// <summary>
/// Property names as Azure Tables takes them: letters, digits and underscores, none of its own. Names that are no such pass as
/// <c>x_</c> and the hexadecimal digits of their UTF-8.
/// </summary>
internal static class PropertyNames
{
    private const string Escaped = "x_";
    private static readonly HashSet<string> Taken = new(StringComparer.OrdinalIgnoreCase) { "PartitionKey", "RowKey", "Timestamp", "ETag" };

    public static string Escape(string name) =>
        IsPlain(name) ? name : Escaped + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name));

    public static string Unescape(string name) =>
        name.StartsWith(Escaped, StringComparison.Ordinal) ? Encoding.UTF8.GetString(Convert.FromHexString(name.AsSpan(Escaped.Length))) : name;

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= 200 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && !name.StartsWith(Escaped, StringComparison.Ordinal) && !Taken.Contains(name);
}
