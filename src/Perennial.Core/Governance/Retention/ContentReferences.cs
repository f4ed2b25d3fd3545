using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Perennial.Core.Ports;

namespace Perennial.Core.Governance.Retention;

/// <summary>
/// Finds whatever looks like a content hash: 64 lower-case hexadecimal digits in a row, wherever they stand. By pattern and not by field,
/// so that no field that is added later can be forgotten. Longer rows of digits hold a candidate at each place.
/// </summary>
public static class ContentReferences
{
    private const int Digits = 64;
    private const int BufferBytes = 64 * 1024;

    // A manifest of more than this is none of ours.
    private const long LargeBytes = 64 * 1024 * 1024;
    private static readonly SearchValues<byte> HexBytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<char> HexCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>Finds them in text.</summary>
    public static void Find(ReadOnlySpan<char> text, Action<ContentHash> found)
    {
        for (var end = Digits; end <= text.Length;)
        {
            var window = text[(end - Digits)..end];
            var other = window.LastIndexOfAnyExcept(HexCharacters);
            if (other < 0) found(ContentHash.Parse(window.ToString()));
            end += other < 0 ? 1 : other + 1;
        }
    }

    /// <summary>
    /// Finds them in content that is JSON by its first character that is no white space; other content refers to nothing, and a large one is not
    /// read on.
    /// </summary>
    /// <returns>The hash of what was read; null where it was not read to its end.</returns>
    public static async Task<ContentHash?> FindInJson(Stream content, Action<ContentHash> found, CancellationToken cancellationToken)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var (kept, isJson) = (0, (bool?)null);
        for (int read; (read = await content.ReadAsync(buffer.AsMemory(kept), cancellationToken)) > 0;)
        {
            sum.AppendData(buffer, kept, read);
            var filled = kept + read;
            isJson ??= IsJson(buffer.AsSpan(0, filled));
            if (isJson == false && content.Length > LargeBytes) return null;
            if (isJson == true) Find(buffer.AsSpan(0, filled), found);
            // A hash may go on in what comes next; 63 digits are none yet, so nothing is found twice.
            kept = Math.Min(filled, Digits - 1);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }
        return ContentHash.FromBytes(sum.GetHashAndReset());
    }

    /// <summary>Null where there is only white space so far.</summary>
    private static bool? IsJson(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        return first < 0 ? null : bytes[first] is (byte)'{' or (byte)'[' or (byte)'"';
    }

    private static void Find(ReadOnlySpan<byte> bytes, Action<ContentHash> found)
    {
        for (var end = Digits; end <= bytes.Length;)
        {
            var window = bytes[(end - Digits)..end];
            var other = window.LastIndexOfAnyExcept(HexBytes);
            if (other < 0) found(ContentHash.Parse(Encoding.ASCII.GetString(window)));
            end += other < 0 ? 1 : other + 1;
        }
    }
}
