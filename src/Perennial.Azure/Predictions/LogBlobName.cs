using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Perennial.Azure.Predictions;

/// <summary>The name of a log's blob under its stream: <c>2001-02-03/04-{writer}-000001</c>, so that ordinal order is that of hours, and within one that of the writers' starts.</summary>
internal static class LogBlobName
{
    private const string HourFormat = "yyyy-MM-dd/HH";
    private const int HourLength = 13;

    // At least: the number goes on over the hours of a process' life, and ordinal order must be its order.
    private const int SegmentDigits = 4;

    /// <summary>Characters of a writer's name.</summary>
    public const int WriterLength = 24;

    private const int RandomDigits = 8;
    private static long _last;

    private const int Length = HourLength + 1 + WriterLength + 1 + SegmentDigits;

    /// <summary>The hour that a time lies in, as names begin.</summary>
    public static string HourOf(DateTimeOffset time) => time.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture);

    /// <summary>A writer's name: when it began, so that what a later one writes is read after it, and random digits, for writers of other processes that began then.</summary>
    public static string NewWriter(DateTimeOffset now)
    {
        // Two of one process never begin at once, however coarse the clock is.
        long last, ticks;
        do
        {
            last = Volatile.Read(ref _last);
            ticks = Math.Max(now.UtcTicks, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, ticks, last) != last);
        return string.Create(CultureInfo.InvariantCulture, $"{ticks:x16}{Guid.NewGuid().ToString("N")[..RandomDigits]}");
    }

    public static string DayOf(string hour) => hour[..10];

    /// <summary>What names of its month begin with.</summary>
    public static string MonthOf(string hour) => hour[..8];

    /// <summary>A writer's blob.</summary>
    public static string Of(string hour, string writer, int segment) => string.Create(CultureInfo.InvariantCulture, $"{hour}-{writer}-{segment:D6}");

    /// <summary>Whether a name is such a one: streams may lie under each other.</summary>
    public static bool IsOne(string name) => name.Length >= Length && name[HourLength] == '-' && TryHour(name, out _) && name.IndexOf('/', HourLength) < 0;

    /// <summary>The hour that a blob is of.</summary>
    public static bool TryHour([NotNullWhen(true)] string? name, out DateTimeOffset hour)
    {
        hour = default;
        return name is { Length: >= HourLength }
            && DateTimeOffset.TryParseExact(name.AsSpan(0, HourLength), HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out hour);
    }
}
