using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// One fixed spelling of ISO timestamps, in which every field has its place: <c>yyyy-MM-dd</c> (or with <c>/</c> or <c>.</c>), then
/// <c>T</c> or a space and <c>HH:mm</c>, then <c>:ss</c>, then one to seven digits of a fraction, then <c>Z</c> or an offset. Ticks and
/// layout together are the spelling without loss.
/// </summary>
internal sealed class TimestampLayout
{
    /// <summary>The most bytes of a spelling.</summary>
    public const int MaxLength = 33;

    private const int DateLength = 10, MinuteLength = 16, SecondLength = 19;
    private readonly byte[] _suffix;
    private readonly byte _separator, _joiner;
    private readonly int _fraction, _bodyLength;
    private readonly long _offsetTicks;
    private readonly Vector128<byte> _template, _largest;

    private TimestampLayout(ReadOnlySpan<byte> cell, int bodyLength, int fraction, long offsetTicks)
    {
        (_bodyLength, _fraction, _offsetTicks) = (bodyLength, fraction, offsetTicks);
        _suffix = cell[bodyLength..].ToArray();
        _separator = cell[4];
        _joiner = bodyLength > DateLength ? cell[DateLength] : (byte)0;
        Form = bodyLength == DateLength ? TimestampForm.Date : _suffix.Length == 0 ? TimestampForm.DateTime : TimestampForm.DateTimeOffset;
        Length = cell.Length;

        // Exclusive or with the template turns digits into their values and each mark into 0: no lane may then exceed the largest.
        // For a date the lanes from 10 on are cleared before, so that the template is met by zeros.
        Span<byte> template = stackalloc byte[16], largest = stackalloc byte[16];
        for (var i = 0; i < Math.Min(MinuteLength, bodyLength); i++)
        {
            var mark = i is 4 or 7 or 10 or 13;
            template[i] = mark ? cell[i] : (byte)'0';
            largest[i] = mark ? (byte)0 : (byte)9;
        }
        (_template, _largest) = (Vector128.Create<byte>(template), Vector128.Create<byte>(largest));
    }

    public TimestampForm Form { get; }

    /// <summary>The bytes of every spelling.</summary>
    public int Length { get; }

    /// <summary>The layout of a cell; null where its spelling is not one of these.</summary>
    public static TimestampLayout? Of(ReadOnlySpan<byte> cell)
    {
        if (cell.Length is < DateLength or > MaxLength || TimestampParsing.Parse(cell, out var ticks) is TimestampForm.None or TimestampForm.MonthName)
            return null;
        var (body, fraction) = (DateLength, 0);
        if (cell.Length > DateLength) body = cell.Length > MinuteLength && cell[MinuteLength] == ':' ? SecondLength : MinuteLength;
        if (cell.Length < body) return null;
        if (body == SecondLength && cell.Length > body && cell[body] == '.')
        {
            while (body + 1 + fraction < cell.Length && char.IsAsciiDigit((char)cell[body + 1 + fraction])) fraction++;
            body += 1 + fraction;
        }
        long offset = 0;
        switch (cell[body..])
        {
            case []:
            case [(byte)'Z']:
                break;
            case [(byte)'+' or (byte)'-', var h1, var h0, (byte)':', var m1, var m0]:
                offset = ((h1 - '0') * 600 + (h0 - '0') * 60 + (m1 - '0') * 10 + m0 - '0') * TimeSpan.TicksPerMinute * (cell[body] == '-' ? -1 : 1);
                break;
            default:
                return null;
        }
        if (fraction > 7) return null;
        var layout = new TimestampLayout(cell, body, fraction, offset);

        // What this cannot spell again, such as one-digit months, is not a fixed layout.
        Span<byte> again = stackalloc byte[MaxLength];
        return again[..layout.Format(ticks, again)].SequenceEqual(cell) ? layout : null;
    }

    /// <summary>The UTC ticks of a cell of this layout; false for any other cell, and where there is no such time.</summary>
    /// <param name="cell">The cell's first byte; 16 bytes from it may be read.</param>
    /// <param name="length">The cell's length.</param>
    /// <param name="ticks">The ticks.</param>
    public bool TryParse(ref byte cell, int length, out long ticks)
    {
        var day = new LastDay();
        return TryParse(ref cell, length, ref day, out ticks);
    }

    /// <summary>The same where many follow one another: a day is worked out anew only where it is not that of the cell before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryParse(ref byte cell, int length, ref LastDay day, out long ticks)
    {
        ticks = 0;
        if (length != Length) return false;
        var bytes = Vector128.LoadUnsafe(ref cell);
        if (_bodyLength == DateLength) bytes &= Vector128.Create(ulong.MaxValue, 0xFFFF).AsByte();
        var values = bytes ^ _template;
        if (Vector128.GreaterThanAny(values, _largest)) return false;
        var (low, high) = (values.AsUInt64().ToScalar(), values.AsUInt64().GetElement(1));
        if ((low != day.Low || (ushort)high != day.High) && !TryDay(low, high, ref day)) return false;
        ticks = day.Ticks;
        if (_bodyLength == DateLength) return true;
        var hour = (uint)((byte)(high >> 24) * 10 + (byte)(high >> 32));
        var minute = (uint)((byte)(high >> 48) * 10 + (byte)(high >> 56));
        if (hour > 23 || minute > 59) return false;
        ticks += (hour * 60 + minute) * TimeSpan.TicksPerMinute;
        return Length == MinuteLength || TryParseRest(ref cell, ref ticks);
    }

    private static bool TryDay(ulong low, ulong high, ref LastDay day)
    {
        var year = (uint)((byte)low * 1000 + (byte)(low >> 8) * 100 + (byte)(low >> 16) * 10 + (byte)(low >> 24));
        var month = (uint)((byte)(low >> 40) * 10 + (byte)(low >> 48));
        var date = (uint)((byte)high * 10 + (byte)(high >> 8));
        if (month - 1 > 11 || year == 0 || date - 1 >= DaysIn(year, month)) return false;
        day = new LastDay { Low = low, High = (ushort)high, Ticks = DaysBefore(year, month, date) * TimeSpan.TicksPerDay };
        return true;
    }

    /// <summary>Seconds, fraction and offset.</summary>
    private bool TryParseRest(ref byte cell, ref long ticks)
    {
        var text = MemoryMarshal.CreateReadOnlySpan(ref cell, Length);
        if (_bodyLength >= SecondLength)
        {
            var (tens, ones) = (text[17] - (uint)'0', text[18] - (uint)'0');
            if (text[16] != ':' || tens > 5 || ones > 9) return false;
            ticks += (tens * 10 + ones) * TimeSpan.TicksPerSecond;
        }
        if (_fraction > 0)
        {
            if (text[SecondLength] != '.') return false;
            var unit = TimeSpan.TicksPerSecond;
            foreach (var digit in text.Slice(SecondLength + 1, _fraction))
            {
                if (!char.IsAsciiDigit((char)digit)) return false;
                ticks += (digit - '0') * (unit /= 10);
            }
        }
        if (!text[_bodyLength..].SequenceEqual(_suffix)) return false;
        ticks -= _offsetTicks;
        return (ulong)ticks <= (ulong)DateTime.MaxValue.Ticks;
    }

    /// <summary>Writes the spelling of the ticks, and gives its length.</summary>
    public int Format(long ticks, Span<byte> text)
    {
        var time = new DateTime(ticks + _offsetTicks);
        Digits(text[..4], time.Year);
        (text[4], text[7]) = (_separator, _separator);
        Digits(text[5..7], time.Month);
        Digits(text[8..10], time.Day);
        if (_bodyLength >= MinuteLength)
        {
            (text[10], text[13]) = (_joiner, (byte)':');
            Digits(text[11..13], time.Hour);
            Digits(text[14..16], time.Minute);
        }
        if (_bodyLength >= SecondLength)
        {
            text[16] = (byte)':';
            Digits(text[17..19], time.Second);
        }
        if (_fraction > 0)
        {
            text[SecondLength] = (byte)'.';
            var fraction = time.Ticks % TimeSpan.TicksPerSecond;
            for (var i = _fraction; i < 7; i++) fraction /= 10;
            Digits(text.Slice(SecondLength + 1, _fraction), (int)fraction);
        }
        _suffix.CopyTo(text[_bodyLength..]);
        return Length;
    }

    private static void Digits(Span<byte> text, int value)
    {
        for (var i = text.Length - 1; i >= 0; i--, value /= 10) text[i] = (byte)('0' + value % 10);
    }

    private static bool IsLeap(uint year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static uint DaysIn(uint year, uint month) =>
        month == 2 ? IsLeap(year) ? 29u : 28 : 30 + ((month ^ (month >> 3)) & 1);

    /// <summary>Days from 0001-01-01, in the proleptic Gregorian calendar.</summary>
    private static long DaysBefore(uint year, uint month, uint day)
    {
        ReadOnlySpan<ushort> before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        var full = year - 1;
        return full * 365 + full / 4 - full / 100 + full / 400 + before[(int)month - 1] + (month > 2 && IsLeap(year) ? 1u : 0) + day - 1;
    }
}

/// <summary>The digits of a day, as values, and its ticks; none at first, as no day is all zeros.</summary>
internal struct LastDay
{
    public ulong Low;
    public ushort High;
    public long Ticks;
}
