using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>What a plain value is as a number, an instant or a boolean, and how a CSV file would spell it.</summary>
internal static class ParquetValues
{
    /// <summary>The most bytes of a value of fixed length: decimals have 32 at most, all else less.</summary>
    public const int MaxFixedBytes = 1 << 12;

    /// <summary>The most digits after a decimal's point.</summary>
    public const int MaxScale = 76;

    /// <summary>Room for any spelling but that of a string.</summary>
    public const int MaxSpelling = 256;

    private const int MaxDecimalBytes = 32;

    // Julian day numbers count from noon: the day with number 1,721,426 begins as 0001-01-01 does.
    private const long JulianDayOfYearOne = 1_721_426;

    /// <summary>The value as a double: the nearest one. NaN is missing; false where the value is not finite, or a decimal of more than 32 bytes.</summary>
    public static bool TryNumber(LeafColumn leaf, ReadOnlySpan<byte> raw, out double value)
    {
        value = 0;
        switch (leaf.Meaning)
        {
            case ParquetMeaning.Integer:
                value = Integer(raw);
                return true;
            case ParquetMeaning.UnsignedInteger:
                value = Unsigned(raw);
                return true;
            case ParquetMeaning.Real:
                value = Real(raw);
                return !double.IsInfinity(value);
            case ParquetMeaning.Decimal:
                return TryDecimal(leaf, raw, out value);
            default:
                return false;
        }
    }

    /// <summary>UTC ticks; false beyond the years 1 to 9999. What is not adjusted to UTC is taken as UTC, as everywhere.</summary>
    public static bool TryTicks(LeafColumn leaf, ReadOnlySpan<byte> raw, out long ticks)
    {
        ticks = 0;
        Int128 exact;
        if (leaf.Meaning == ParquetMeaning.Date) exact = DateTime.UnixEpoch.Ticks + (Int128)Integer(raw) * TimeSpan.TicksPerDay;
        else if (leaf.Physical == PhysicalType.Int96)
        {
            var (nanoseconds, day) = (BinaryPrimitives.ReadInt64LittleEndian(raw), BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]));
            exact = (day - (Int128)JulianDayOfYearOne) * TimeSpan.TicksPerDay + Floor(nanoseconds, 100);
        }
        else exact = DateTime.UnixEpoch.Ticks + ToTicks(Integer(raw), leaf.UnitsPerSecond);
        if (exact < 0 || exact > DateTime.MaxValue.Ticks) return false;
        ticks = (long)exact;
        return true;
    }

    /// <summary>The value as a cell of a CSV file would spell it; false where it cannot be one, and empty for NaN, which is missing.</summary>
    public static bool TrySpell(LeafColumn leaf, ReadOnlySpan<byte> raw, Span<byte> room, out ReadOnlySpan<byte> cell)
    {
        cell = raw;
        var length = 0;
        switch (leaf.Meaning)
        {
            case ParquetMeaning.Text:
                return Utf8.IsValid(raw) && !raw.Contains((byte)0);
            case ParquetMeaning.Boolean:
                cell = raw[0] == 0 ? "false"u8 : "true"u8;
                return true;
            case ParquetMeaning.UnsignedInteger:
                Utf8Formatter.TryFormat(Unsigned(raw), room, out length);
                break;
            case ParquetMeaning.Real:
                if (!SpellReal(raw, room, out length)) return false;
                break;
            case ParquetMeaning.Decimal:
                if (!SpellDecimal(leaf, raw, room, out length)) return false;
                break;
            case ParquetMeaning.Date or ParquetMeaning.Timestamp:
                if (!TryTicks(leaf, raw, out var ticks)) return false;
                var format = leaf.Meaning == ParquetMeaning.Date ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";
                new DateTime(ticks, DateTimeKind.Utc).TryFormat(room, out length, format, CultureInfo.InvariantCulture);
                break;
            case ParquetMeaning.Time:
                var time = ToTicks(Integer(raw), leaf.UnitsPerSecond);
                if (time < 0 || time >= TimeSpan.TicksPerDay) return false;
                new DateTime((long)time).TryFormat(room, out length, "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
                break;
            case ParquetMeaning.Uuid:
                new Guid(raw, bigEndian: true).TryFormat(room, out length);
                break;
            default:
                Utf8Formatter.TryFormat(Integer(raw), room, out length);
                break;
        }
        cell = room[..length];
        return true;
    }

    /// <summary>Why a value is not read, for a person.</summary>
    public static string Explain(LeafColumn leaf, ReadOnlySpan<byte> raw) => leaf.Meaning switch
    {
        ParquetMeaning.Text when raw.Contains((byte)0) => "a NUL character",
        ParquetMeaning.Text => "bytes that are not UTF-8",
        ParquetMeaning.Real => "an infinity is not a finite number; if it stands for a missing value, write it as null",
        ParquetMeaning.Decimal => $"a decimal of {raw.Length:N0} bytes; at most {MaxDecimalBytes} are read",
        ParquetMeaning.Time => "a time of day beyond 24 hours",
        _ => "an instant beyond the years 1 to 9999",
    };

    private static long Integer(ReadOnlySpan<byte> raw) => raw.Length == 4 ? BinaryPrimitives.ReadInt32LittleEndian(raw) : BinaryPrimitives.ReadInt64LittleEndian(raw);

    private static ulong Unsigned(ReadOnlySpan<byte> raw) => raw.Length == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(raw) : BinaryPrimitives.ReadUInt64LittleEndian(raw);

    private static double Real(ReadOnlySpan<byte> raw) => raw.Length switch
    {
        2 => (double)BinaryPrimitives.ReadHalfLittleEndian(raw),
        4 => BinaryPrimitives.ReadSingleLittleEndian(raw),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(raw),
    };

    // The shortest spelling of the type itself: a float's 0.1 is not spelled 0.10000000149011612.
    private static bool SpellReal(ReadOnlySpan<byte> raw, Span<byte> room, out int length)
    {
        length = 0;
        var value = Real(raw);
        if (double.IsNaN(value)) return true;
        return !double.IsInfinity(value) && raw.Length switch
        {
            2 => BinaryPrimitives.ReadHalfLittleEndian(raw).TryFormat(room, out length, "R", CultureInfo.InvariantCulture),
            4 => BinaryPrimitives.ReadSingleLittleEndian(raw).TryFormat(room, out length, "R", CultureInfo.InvariantCulture),
            _ => value.TryFormat(room, out length, "R", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>An unscaled integer of 1 to 8 bytes.</summary>
    private static long Short(LeafColumn leaf, ReadOnlySpan<byte> raw)
    {
        if (leaf.Physical is PhysicalType.Int32 or PhysicalType.Int64) return Integer(raw);
        long value = (sbyte)raw[0];
        foreach (var b in raw[1..]) value = (value << 8) | b;
        return value;
    }

    private static bool TryDecimal(LeafColumn leaf, ReadOnlySpan<byte> raw, out double value)
    {
        if (raw.Length is > 0 and <= sizeof(long) && PackedDecimal.TryDivide(Short(leaf, raw), leaf.Scale, out value)) return true;
        value = 0;
        Span<byte> room = stackalloc byte[MaxSpelling];
        return SpellDecimal(leaf, raw, room, out var length) && NumberParsing.TryParse(room[..length], out value);
    }

    /// <summary>The unscaled integer, little-endian where its type is an integer and big-endian where it is bytes, with the point put in.</summary>
    private static bool SpellDecimal(LeafColumn leaf, ReadOnlySpan<byte> raw, Span<byte> room, out int length)
    {
        length = 0;
        var isInteger = leaf.Physical is PhysicalType.Int32 or PhysicalType.Int64;
        if (raw.Length > MaxDecimalBytes) return false;
        var unscaled = isInteger ? Integer(raw) : new BigInteger(raw, isUnsigned: false, isBigEndian: true);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(leaf.Scale + 1, '0');
        var text = (unscaled.Sign < 0 ? "-" : "") + digits[..^leaf.Scale] + (leaf.Scale == 0 ? "" : "." + digits[^leaf.Scale..]);
        length = Encoding.UTF8.GetBytes(text, room);
        return true;
    }

    private static Int128 ToTicks(long units, long unitsPerSecond) => unitsPerSecond <= TimeSpan.TicksPerSecond
        ? (Int128)units * (TimeSpan.TicksPerSecond / unitsPerSecond)
        : Floor(units, unitsPerSecond / TimeSpan.TicksPerSecond);

    private static long Floor(long value, long by) => value / by - (value % by < 0 ? 1 : 0);
}
