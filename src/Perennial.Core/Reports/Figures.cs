using System.Globalization;

namespace Perennial.Core.Reports;

/// <summary>How reports write numbers, times and durations: one way everywhere, whatever the machine's language.</summary>
internal static class Figures
{
    /// <summary>What stands where there is no value.</summary>
    public const string None = "–";

    /// <summary>A metric or another real number: three decimals below 1, fewer above.</summary>
    public static string Metric(double? value) => value switch
    {
        null => None,
        { } number when !double.IsFinite(number) => None,
        { } number => number.ToString(Math.Abs(number) switch { >= 1000 => "#,0", >= 100 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture),
    };

    /// <summary>A metric with its sign.</summary>
    public static string Signed(double value) => (value > 0 ? "+" : value < 0 ? "−" : "±") + Metric(Math.Abs(value));

    /// <summary>A count with thousands separators.</summary>
    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => !double.IsFinite(share) ? None
        : (share * 100).ToString(share is > 0 and < 0.0995 or > 0.9905 and < 1 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A p-value; very small ones only as such.</summary>
    public static string PValue(double value) => !double.IsFinite(value) ? None : value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A parameter's value in its shortest useful form.</summary>
    public static string Parameter(double value) => value.ToString("0.####", CultureInfo.InvariantCulture) is var plain && plain is "0" or "-0" && value != 0
        ? value.ToString("0.##e-0", CultureInfo.InvariantCulture)
        : plain;

    /// <summary>A day.</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A minute of a day.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A duration in its two largest units.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        // The host's clock stood: a demo or a test moves it by itself.
        { Ticks: 0 } => None,
        { TotalSeconds: < 1 } => Invariant($"{span.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => Invariant($"{span.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => Invariant($"{span.Minutes} min {span.Seconds} s"),
        { TotalDays: < 1 } => Invariant($"{span.Hours} h {span.Minutes} min"),
        _ => Invariant($"{span.TotalDays:0} days"),
    };

    /// <summary>The first characters of a text that would not fit.</summary>
    public static string Short(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
