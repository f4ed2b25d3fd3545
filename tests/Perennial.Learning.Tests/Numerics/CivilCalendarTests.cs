using Perennial.Learning.Numerics;

namespace Perennial.Learning.Tests.Numerics;

public class CivilCalendarTests
{
    [Fact]
    public void Every_day_of_the_calendar_agrees_with_the_platform()
    {
        for (var day = DateTime.MinValue; day < DateTime.MaxValue.AddDays(-1); day = day.AddDays(1))
        {
            var (month, dayOfMonth) = CivilCalendar.MonthAndDay(day.Ticks);
            if (month != day.Month || dayOfMonth != day.Day || CivilCalendar.Weekday(day.Ticks) != ((int)day.DayOfWeek + 6) % 7)
                Assert.Fail($"{day:O} gave month {month}, day {dayOfMonth}, weekday {CivilCalendar.Weekday(day.Ticks)}");
        }
    }

    [Fact]
    public void The_hour_turns_at_the_full_hour_and_the_day_at_midnight()
    {
        var hour = new DateTime(2000, 2, 29, 23, 0, 0, DateTimeKind.Utc).Ticks;
        Assert.Equal(23, CivilCalendar.Hour(hour));
        Assert.Equal(22, CivilCalendar.Hour(hour - 1));
        Assert.Equal((2, 29), CivilCalendar.MonthAndDay(hour + TimeSpan.TicksPerHour - 1));
        Assert.Equal((3, 1), CivilCalendar.MonthAndDay(hour + TimeSpan.TicksPerHour));
    }

    [Fact]
    public void Instants_before_year_one_go_on_backwards()
    {
        Assert.Equal(23, CivilCalendar.Hour(-1));
        Assert.Equal(6, CivilCalendar.Weekday(-1));
        Assert.Equal((12, 31), CivilCalendar.MonthAndDay(-1));
    }
}
