using System.Globalization;

namespace Perennial.Learning.Frames;

/// <summary>Instants as UTC ticks (100 ns since 0001-01-01); <see cref="Missing"/> marks a missing one.</summary>
public sealed class TimestampColumn(string name, long[] ticks) : Column(name, ticks.Length)
{
    /// <summary>The mark of a missing value.</summary>
    public const long Missing = long.MinValue;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Timestamp;

    /// <summary>UTC ticks a row.</summary>
    public ReadOnlySpan<long> Ticks => ticks;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => ticks[row] == Missing;

    /// <inheritdoc/>
    public override string? Format(int row) => IsMissing(row)
        ? null
        : new DateTime(ticks[row], DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = ticks[rows[i]];
        return new TimestampColumn(Name, taken);
    }
}
