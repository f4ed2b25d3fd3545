using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Tests.Reading;

/// <summary>A cell may be kept as a number or as ticks only where its very spelling comes back.</summary>
public class PackedCellTests
{
    private static string? Again(string text)
    {
        if (!PackedDecimal.TryParse(Encoding.ASCII.GetBytes(text), out var packed)) return null;
        Span<byte> again = stackalloc byte[64];
        Assert.Equal(
            BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(PackedDecimal.ToDouble(packed)));
        return Encoding.ASCII.GetString(again[..PackedDecimal.Format(packed, again)]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.00")]
    [InlineData("12.50")]
    [InlineData("-500")]
    [InlineData("0.000000000000000000000000000001")]
    [InlineData("288230376151711743")]
    [InlineData("0.1234567890123456")]
    [InlineData("9007199254740993")]
    public void A_plain_decimal_comes_back_and_has_the_value_of_its_text(string text) => Assert.Equal(text, Again(text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("007")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e5")]
    [InlineData(" 5")]
    [InlineData("1.2.3")]
    [InlineData("288230376151711744")]
    [InlineData("18446744073709551617")]
    [InlineData("0.0000000000000000000000000000001")]
    [InlineData("nan")]
    public void Any_other_spelling_is_not_packed(string text) => Assert.Null(Again(text));

    [Fact]
    public void Random_decimals_come_back()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var digits = (random.NextUInt64() >> random.Next(64)).ToString(CultureInfo.InvariantCulture);
            var point = random.Next(digits.Length + 1);
            var text = (random.Next(2) == 0 ? "-" : "") + (point is 0 || point == digits.Length ? digits : digits[..point] + "." + digits[point..]);
            if (Again(text) is { } again) Assert.Equal(text, again);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData("1990-01-08")]
    [InlineData("2000/02/29 23:59")]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("1990.01.08 10:20:30.5")]
    [InlineData("1990-01-08T10:20:30+05:30")]
    [InlineData("1990-01-08T00:20-01:00")]
    [InlineData("1990-01-08t10:20")]
    public void A_timestamp_of_a_fixed_layout_comes_back_and_has_the_ticks_of_its_text(string text)
    {
        var cell = Encoding.ASCII.GetBytes(text);
        var layout = TimestampLayout.Of(cell);
        Assert.NotNull(layout);
        byte[] padded = [.. cell, .. new byte[64]], again = new byte[64];
        Assert.True(layout.TryParse(ref padded[0], cell.Length, out var ticks));
        Assert.Equal(layout.Form, TimestampParsing.Parse(cell, out var expected));
        Assert.Equal(expected, ticks);
        Assert.Equal(text, Encoding.ASCII.GetString(again, 0, layout.Format(ticks, again)));
    }

    [Theory]
    [InlineData("1990-1-8")]
    [InlineData("8 Jan 1990")]
    [InlineData("1990-01-08T1:20")]
    [InlineData("1990-01-08T10:20:30,5")]
    [InlineData("1990-01-08T10:20:30.12345678")]
    [InlineData("1990-01-08T10:20 Z")]
    [InlineData("1990-01-08T10:20+0100")]
    [InlineData(" 1990-01-08")]
    [InlineData("1990-02-30")]
    public void Any_other_spelling_has_no_fixed_layout(string text) => Assert.Null(TimestampLayout.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_layout_accepts_exactly_the_cells_that_have_it()
    {
        string[] layouts = ["1990-01-08", "1990-01-08 10:20", "1990-01-08T10:20:30", "1990-01-08T10:20:30.123Z", "1990-01-08T10:20:30-05:00"];
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var cell = Encoding.ASCII.GetBytes(layouts[random.Next(layouts.Length)]);
            var layout = TimestampLayout.Of(cell)!;
            for (var i = random.Next(4); i >= 0; i--) cell[random.Next(cell.Length)] = (byte)"0123456789-:TZ /\0é"[random.Next(18)];
            byte[] padded = [.. cell, .. "9999999999999999"u8], again = new byte[64];
            var same = TimestampParsing.Parse(cell, out var expected) != TimestampForm.None
                && Encoding.ASCII.GetString(again, 0, layout.Format(Math.Max(0, expected), again)) == Encoding.ASCII.GetString(cell);
            Assert.Equal(same, layout.TryParse(ref padded[0], cell.Length, out var ticks));
            if (same) Assert.Equal(expected, ticks);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
