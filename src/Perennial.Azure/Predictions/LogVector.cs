using System.Globalization;
using System.Text;

namespace Perennial.Azure.Predictions;

/// <summary>
/// Where a reader is: how far in each blob of the hours that may still grow. Earlier hours are read to their end, so that the vector stays
/// short however long the log lives.
/// </summary>
/// <param name="Floor">The first hour that counts; all before it is read. Empty at the beginning.</param>
/// <param name="Current">The blob that the last read stopped in, which goes on first so that an append stays together.</param>
/// <param name="Offsets">Bytes read, by blob.</param>
internal sealed record LogVector(string Floor, string Current, IReadOnlyDictionary<string, long> Offsets)
{
    private const string Version = "1";

    public static LogVector Start { get; } = new("", "", new Dictionary<string, long>());

    public long OffsetIn(string blob) => Offsets.GetValueOrDefault(blob);

    /// <exception cref="ArgumentException">The text is no cursor of this log.</exception>
    public static LogVector Parse(string? cursor)
    {
        if (cursor is null) return Start;
        var parts = cursor.Split('|');
        if (parts.Length < 3 || parts[0] != Version) throw Unreadable(cursor);
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(3))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !long.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) throw Unreadable(cursor);
            offsets[part[..at]] = offset;
        }
        return new LogVector(parts[1], parts[2], offsets);
    }

    public override string ToString()
    {
        var text = new StringBuilder(Version).Append('|').Append(Floor).Append('|').Append(Current);
        foreach (var (blob, offset) in Offsets.OrderBy(pair => pair.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"|{blob}={offset}");
        return text.ToString();
    }

    private static ArgumentException Unreadable(string cursor) => new($"'{cursor}' is no cursor of this log.");
}
