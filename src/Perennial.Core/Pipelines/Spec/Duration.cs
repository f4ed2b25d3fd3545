using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Durations as people write them: a number and one of s, m, h, d, w, e.g. <c>30d</c>, <c>1.5h</c>.</summary>
public static class Duration
{
    /// <summary>What a duration looks like, for messages and the schema.</summary>
    public const string Pattern = "^[0-9]+(\\.[0-9]+)?[smhdw]$";

    /// <summary>Reads a duration of at most 100 years.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is not { Length: > 1 and < 32 } || !char.IsAsciiDigit(text[0])) return false;
        if (!double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)) return false;
        var seconds = count * text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => double.NaN };
        if (!(seconds <= 36525.0 * 86400)) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a duration in the largest unit that gives a whole number.</summary>
    public static string Format(TimeSpan duration)
    {
        var seconds = duration.TotalSeconds;
        foreach (var (unit, size) in new[] { ('d', 86400), ('h', 3600), ('m', 60) })
            if (seconds >= size && seconds % size == 0) return (seconds / size).ToString(CultureInfo.InvariantCulture) + unit;
        return seconds.ToString(CultureInfo.InvariantCulture) + "s";
    }
}

/// <summary>Reads and writes a <see cref="TimeSpan"/> as a <see cref="Duration"/>.</summary>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException("A duration is a number and one of s, m, h, d, w, e.g. \"30d\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}
