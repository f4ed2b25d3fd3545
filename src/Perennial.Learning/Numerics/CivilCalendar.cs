namespace Perennial.Learning.Numerics;

/// <summary>
/// Parts of the proleptic Gregorian calendar from UTC ticks (100 ns since 0001-01-01T00:00:00Z), by integer arithmetic alone so that
/// an exported graph can do the same (H. Hinnant, "chrono-compatible low-level date algorithms", <c>civil_from_days</c>).
/// </summary>
public static class CivilCalendar
{
    private const long TicksPerHour = 36_000_000_000;
    private const long TicksPerDay = 24 * TicksPerHour;

    // Days from 0000-03-01, where the algorithm's years begin, to 0001-01-01.
    private const long DaysToFirstOfJanuaryOfYearOne = 306;
    private const long DaysPerEra = 146_097;

    /// <summary>0 to 23.</summary>
    public static int Hour(long ticks) => (int)(FloorModulo(ticks, TicksPerDay) / TicksPerHour);

    /// <summary>0 = Monday to 6 = Sunday; 0001-01-01 was a Monday.</summary>
    public static int Weekday(long ticks) => (int)FloorModulo(FloorDivide(ticks, TicksPerDay), 7);

    /// <summary>The month, 1 to 12, and the day of the month, 1 to 31.</summary>
    public static (int Month, int Day) MonthAndDay(long ticks)
    {
        var days = FloorDivide(ticks, TicksPerDay) + DaysToFirstOfJanuaryOfYearOne;
        var dayOfEra = FloorModulo(days, DaysPerEra);
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var shifted = (5 * dayOfYear + 2) / 153;
        var day = dayOfYear - (153 * shifted + 2) / 5 + 1;
        return ((int)(shifted < 10 ? shifted + 3 : shifted - 9), (int)day);
    }

    // The remainder is not taken off first: near the smallest integer that would overflow.
    private static long FloorDivide(long value, long divisor) => value / divisor - (value % divisor < 0 ? 1 : 0);

    private static long FloorModulo(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }
}
