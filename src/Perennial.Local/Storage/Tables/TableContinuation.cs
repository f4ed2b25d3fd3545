using System.Buffers.Text;
using System.Text;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Tables;

/// <summary>A continuation: the last key of the page before, as opaque text.</summary>
internal static class TableContinuation
{
    // No key has a line break.
    private const char Between = '\n';

    public static string Format(TableEntity last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last.Partition + Between + last.Row));

    /// <exception cref="ArgumentException">The text is no continuation.</exception>
    public static (string Partition, string Row) Parse(string continuation)
    {
        if (Base64Url.IsValid(continuation))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation)).Split(Between);
            if (parts.Length == 2) return (parts[0], parts[1]);
        }
        throw new ArgumentException($"'{continuation}' is no continuation of a query. Begin without one.");
    }
}
