using System.Globalization;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Predictions;

/// <summary>
/// A cursor as text: entries <c>writer.segment.offset</c> with commas between. A folder has one writer, so there is one entry here.
/// </summary>
internal static class LogCursor
{
    private const string Writer = "0";

    public static string Format(LogPosition position) => string.Create(CultureInfo.InvariantCulture, $"{Writer}.{position.Segment}.{position.Offset}");

    /// <exception cref="ArgumentException">The text is no cursor of this log.</exception>
    public static LogPosition Parse(string? cursor)
    {
        if (cursor is null) return default;
        var parts = cursor.Split('.');
        if (parts.Length == 3 && parts[0] == Writer
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return new LogPosition(segment, offset);
        throw new ArgumentException($"'{cursor}' is no cursor of this log. Begin without one.");
    }
}
