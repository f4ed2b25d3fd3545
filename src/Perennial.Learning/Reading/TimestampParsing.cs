namespace Perennial.Learning.Reading;

/// <summary>How a timestamp is spelled. A column has one family; ISO is one however its details vary.</summary>
internal enum TimestampForm
{
    /// <summary>No timestamp.</summary>
    None,

    /// <summary>Year-month-day with <c>-</c>, <c>/</c> or <c>.</c>, no time.</summary>
    Date,

    /// <summary>The same with a time and no offset: taken as UTC.</summary>
    DateTime,

    /// <summary>The same with <c>Z</c> or an offset.</summary>
    DateTimeOffset,

    /// <summary>With an English month's name: <c>8 Jan 1990</c>, <c>08-January-1990</c>, <c>Jan 8, 1990</c>; a time may follow.</summary>
    MonthName,
}

/// <summary>
/// Timestamps that cannot be misread: ISO 8601 calendar dates and date-times (also <c>/</c> or <c>.</c> between year, month and day,
/// a space for <c>T</c>, one-digit months and days), and dates with a month's name. Where the year comes last and the month is a
/// number, day and month cannot be told apart: such a cell is no timestamp.
/// </summary>
internal static class TimestampParsing
{
    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>UTC ticks of a cell.</summary>
    public static TimestampForm Parse(ReadOnlySpan<byte> cell, out long ticks)
    {
        var text = new AsciiCursor(cell.Trim((byte)' '));
        ticks = 0;
        if (cell.Length is < 6 or > 64) return TimestampForm.None;
        var named = false;
        if (!ReadYearFirst(ref text, out var date) && !(named = ReadNamed(ref text, out date))) return TimestampForm.None;
        ticks = date.Ticks;
        if (text.AtEnd) return named ? TimestampForm.MonthName : TimestampForm.Date;
        if (!text.Skip('T') && !text.Skip('t') && !text.Skip(' ')) return TimestampForm.None;
        if (!ReadTime(ref text, ref ticks)) return TimestampForm.None;
        var offset = !text.AtEnd;
        if (offset && !ReadOffset(ref text, ref ticks)) return TimestampForm.None;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return TimestampForm.None;
        return named ? TimestampForm.MonthName : offset ? TimestampForm.DateTimeOffset : TimestampForm.DateTime;
    }

    /// <summary>Why a cell is not a timestamp, for a person.</summary>
    public static string Explain(ReadOnlySpan<byte> cell)
    {
        var text = new AsciiCursor(cell.Trim((byte)' '));
        var ambiguous = text.Number(1, 2, out _) && (text.Skip('/') || text.Skip('-') || text.Skip('.'))
            && text.Number(1, 2, out _) && (text.Skip('/') || text.Skip('-') || text.Skip('.')) && text.Number(2, 4, out _);
        return ambiguous
            ? $"{Counted.Quote(cell)} may be day/month or month/day; write dates as yyyy-MM-dd"
            : $"{Counted.Quote(cell)} is not a timestamp; write it as yyyy-MM-dd or yyyy-MM-ddTHH:mm:ssZ";
    }

    private static bool ReadYearFirst(ref AsciiCursor text, out DateTime date)
    {
        date = default;
        var start = text;
        if (text.Number(4, 4, out var year) && text.Next is '-' or '/' or '.')
        {
            var separator = text.Next;
            text.Skip(separator);
            if (text.Number(1, 2, out var month) && text.Skip(separator) && text.Number(1, 2, out var day))
                return TryDate(year, month, day, out date);
        }
        text = start;
        return false;
    }

    private static bool ReadNamed(ref AsciiCursor text, out DateTime date)
    {
        date = default;
        int day, month, year;
        if (text.Number(1, 2, out day))
        {
            if (!SkipSeparator(ref text) || !ReadMonth(ref text, out month) || !SkipSeparator(ref text)) return false;
        }
        else
        {
            if (!ReadMonth(ref text, out month) || !text.Skip(' ') || !text.Number(1, 2, out day)) return false;
            text.Skip(',');
            if (!text.Skip(' ')) return false;
        }
        return text.Number(4, 4, out year) && TryDate(year, month, day, out date);
    }

    private static bool SkipSeparator(ref AsciiCursor text) => text.Skip(' ') || text.Skip('-');

    private static bool ReadMonth(ref AsciiCursor text, out int month)
    {
        var word = text.Letters();
        month = 0;
        if (word.Length < 3) return false;
        for (var i = 0; i < Months.Length && month == 0; i++)
            if (word.Equals(Months[i], StringComparison.OrdinalIgnoreCase)
                || (word.Length == 3 && Months[i].StartsWith(word, StringComparison.OrdinalIgnoreCase))) month = i + 1;
        return month > 0;
    }

    private static bool ReadTime(ref AsciiCursor text, ref long ticks)
    {
        if (!text.Number(1, 2, out var hour) || hour > 23 || !text.Skip(':') || !text.Number(2, 2, out var minute) || minute > 59)
            return false;
        ticks += (hour * 60L + minute) * TimeSpan.TicksPerMinute;
        if (!text.Skip(':')) return true;
        if (!text.Number(2, 2, out var second) || second > 59) return false;
        ticks += second * TimeSpan.TicksPerSecond;
        if (!text.Skip('.') && !text.Skip(',')) return true;
        return text.Fraction(out var fraction) && (ticks += fraction) >= 0;
    }

    private static bool ReadOffset(ref AsciiCursor text, ref long ticks)
    {
        text.Skip(' ');
        if (text.Skip('Z') || text.Skip('z')) return text.AtEnd;
        var sign = text.Skip('+') ? 1 : text.Skip('-') ? -1 : 0;
        if (sign == 0) return false;
        var minutes = 0;
        if (text.Number(4, 4, out var hours)) (hours, minutes) = (hours / 100, hours % 100);
        else if (!text.Number(2, 2, out hours) || (text.Skip(':') && !text.Number(2, 2, out minutes))) return false;
        ticks -= sign * (hours * 60L + minutes) * TimeSpan.TicksPerMinute;
        return text.AtEnd && hours <= 14 && minutes < 60;
    }

    private static bool TryDate(int year, int month, int day, out DateTime date)
    {
        var valid = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = valid ? new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) : default;
        return valid;
    }
}

/// <summary>Walks ASCII text.</summary>
internal ref struct AsciiCursor(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next character; NUL at the end.</summary>
    public readonly char Next => _rest.IsEmpty ? '\0' : (char)_rest[0];

    public bool Skip(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Between <paramref name="least"/> and <paramref name="most"/> digits, and no digit after them.</summary>
    public bool Number(int least, int most, out int value)
    {
        value = 0;
        var digits = 0;
        while (digits < _rest.Length && digits <= most && char.IsAsciiDigit((char)_rest[digits]))
            value = value * 10 + _rest[digits++] - '0';
        if (digits < least || digits > most) return false;
        _rest = _rest[digits..];
        return true;
    }

    /// <summary>The digits after a decimal point as ticks; digits beyond the seventh are dropped.</summary>
    public bool Fraction(out long ticks)
    {
        ticks = 0;
        var digits = 0;
        for (var unit = TimeSpan.TicksPerSecond / 10; digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]); unit /= 10)
            ticks += (_rest[digits++] - '0') * unit;
        _rest = _rest[digits..];
        return digits > 0;
    }

    public string Letters()
    {
        var length = 0;
        while (length < _rest.Length && char.IsAsciiLetter((char)_rest[length])) length++;
        var word = System.Text.Encoding.ASCII.GetString(_rest[..length]);
        _rest = _rest[length..];
        return word;
    }
}
