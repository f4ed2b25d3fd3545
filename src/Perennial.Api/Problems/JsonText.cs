using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Perennial.Api.Problems;

/// <summary>
/// Whether the strings of JSON are text. The reader takes bytes that are no UTF-8 and halves of surrogate pairs until somebody asks for
/// the string, which here would be a model or a log.
/// </summary>
public static class JsonText
{
    /// <summary>What is wrong with the first string that is no text; null when there is none, or when it is not JSON at all.</summary>
    public static string? FindFault(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return $"The body is not UTF-8 from byte {ValidBytes(json) + 1} on. Save or send it as UTF-8.";
        // Only an escape can bring in half a pair; most bodies have none.
        return json.IndexOf("\\u"u8) < 0 ? null : FindHalfPair(json);
    }

    private static string? FindHalfPair(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
                if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true } && !IsText(ref reader))
                    return $"The string at byte {reader.TokenStartIndex + 1} holds an incomplete \\u escape (half a surrogate pair).";
        }
        catch (JsonException)
        {
            // Whoever reads it next says what is wrong, and where.
        }
        return null;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static int ValidBytes(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return at;
    }
}
