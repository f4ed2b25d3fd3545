using System.Security.Cryptography;
using System.Text;
using Azure;

namespace Perennial.Azure.Tables;

/// <summary>
/// An entity's ETag as the port shows it: the service's, which is a time and can be the same for several entities of a batch, and a sign of
/// the entity that it belongs to.
/// </summary>
internal static class EntityETag
{
    private const int SignDigits = 8;

    // Well-formed, and older than any entity: what is no ETag of the entity matches nothing, and the service says at which operation.
    private static readonly ETag Never = new("W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"");

    public static string Of(ETag etag, string partition, string row) => etag.ToString("H") + Sign(partition, row);

    public static ETag Parse(string text, string partition, string row) =>
        text.EndsWith(Sign(partition, row), StringComparison.Ordinal) ? new ETag(text[..^(SignDigits + 1)]) : Never;

    // No key holds a slash.
    private static string Sign(string partition, string row) =>
        "." + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{partition}/{row}")))[..SignDigits];
}
