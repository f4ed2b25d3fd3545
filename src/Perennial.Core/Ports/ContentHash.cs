using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Perennial.Core.Ports;

/// <summary>The SHA-256 of some content, as 64 lower-case hexadecimal digits: its only name.</summary>
[JsonConverter(typeof(ContentHashJsonConverter))]
public readonly record struct ContentHash
{
    private readonly string? _hex;

    private ContentHash(string hex) => _hex = hex;

    /// <summary>The hash of bytes.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>A hash from its 32 bytes.</summary>
    public static ContentHash FromBytes(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentHash hash)
    {
        var valid = text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);
        hash = valid ? new ContentHash(text!) : default;
        return valid;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static ContentHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A content hash is 64 lower-case hexadecimal digits.");

    /// <inheritdoc/>
    public override string ToString() => _hex ?? "";
}

/// <summary>Writes a <see cref="ContentHash"/> as its hexadecimal digits.</summary>
public sealed class ContentHashJsonConverter : JsonConverter<ContentHash>
{
    /// <inheritdoc/>
    public override ContentHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ContentHash.TryParse(reader.GetString(), out var hash) ? hash : throw new JsonException("A content hash is 64 lower-case hexadecimal digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ContentHash value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
