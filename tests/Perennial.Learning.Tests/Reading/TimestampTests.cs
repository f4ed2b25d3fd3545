using Perennial.Learning.Frames;

namespace Perennial.Learning.Tests.Reading;

public class TimestampTests
{
    [Theory]
    [InlineData("1990-01-08", "1990-01-08T00:00:00Z")]
    [InlineData("1990/1/8", "1990-01-08T00:00:00Z")]
    [InlineData("1990-01-08 10:20", "1990-01-08T10:20:00Z")]
    [InlineData("1990-01-08T10:20:30.1234567", "1990-01-08T10:20:30.1234567Z")]
    [InlineData("1990-01-08T10:20:30.123456789Z", "1990-01-08T10:20:30.1234567Z")]
    [InlineData("1990-01-08T00:30:00+01:00", "1990-01-07T23:30:00Z")]
    [InlineData("1990-01-08T00:30:00-0530", "1990-01-08T06:00:00Z")]
    [InlineData("8 Jan 1990", "1990-01-08T00:00:00Z")]
    [InlineData("08-january-1990", "1990-01-08T00:00:00Z")]
    [InlineData("\"Jan 8, 1990 10:20\"", "1990-01-08T10:20:00Z")]
    [InlineData("2000-02-29", "2000-02-29T00:00:00Z")]
    public void Unambiguous_spellings_are_read_as_utc(string cell, string expected)
    {
        var frame = Some.Csv($"t\n{cell}\n").Frame;
        Assert.Equal(ColumnType.Timestamp, frame["t"].Type);
        Assert.Equal([expected], Some.Cells(frame, "t"));
    }

    [Theory]
    [InlineData("01/02/1990")]
    [InlineData("31/12/1990")]
    [InlineData("1990-02-30")]
    [InlineData("1990-13-01")]
    [InlineData("1990-01/08")]
    [InlineData("1990-01-08T25:00")]
    [InlineData("1990-01-08T10:00:00+99:00")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("1990-01-08T")]
    [InlineData("Janu 8, 1990")]
    public void What_could_be_misread_is_no_timestamp(string cell)
    {
        Assert.Equal(ColumnType.Categorical, Some.Csv($"t\n\"{cell}\"\n").Frame["t"].Type);
    }

    [Fact]
    public void Day_and_month_are_never_guessed()
    {
        var report = Some.Csv("t\n31/12/1990\n01/02/1991\n").Columns[0];
        Assert.Contains("at line 2 '31/12/1990' may be day/month or month/day", report.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Several_formats_are_accepted_only_within_iso()
    {
        var iso = Some.Csv("t\n1990-01-08\n1990/01/09 10:00\n1990-01-10T00:00:00Z\n").Columns[0];
        Assert.Equal(ColumnType.Timestamp, iso.Type);
        Assert.Contains("no", iso.Hints[0], StringComparison.Ordinal);
        var mixed = Some.Csv("t\n1990-01-08\n9 Jan 1990\n").Columns[0];
        Assert.Equal(ColumnType.Categorical, mixed.Type);
        Assert.Contains("a month's name (from line 3)", mixed.Hints[0], StringComparison.Ordinal);
        var broken = Some.Csv("t\n1990-01-08\n09.01.1990\n").Columns[0];
        Assert.Contains("some values are timestamps, but at line 3 '09.01.1990' may be", broken.Hints[^1], StringComparison.Ordinal);
    }
}
