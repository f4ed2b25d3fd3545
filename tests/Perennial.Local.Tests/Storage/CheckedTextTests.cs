using System.Text;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage;

public sealed class CheckedTextTests
{
    [Fact]
    public void What_was_written_is_read() => Assert.Equal("12 -345", CheckedText.Decode("/file", CheckedText.Encode("12 -345")));

    [Fact]
    public void A_text_from_before_there_were_checksums_is_read() => Assert.Equal("1000", CheckedText.Decode("/file", "1000"u8.ToArray()));

    [Fact]
    public void No_flipped_bit_gives_another_number()
    {
        var written = CheckedText.Encode("1000");
        for (var bit = 0; bit < written.Length * 8; bit++)
        {
            var flipped = (byte[])written.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Without its line feed it is taken for an old one, which is no number then.
                Assert.False(long.TryParse(CheckedText.Decode("/file", flipped), out _), Encoding.Latin1.GetString(flipped));
            }
            catch (CorruptStoreException damaged)
            {
                Assert.Equal("/file", damaged.Path);
            }
        }
    }

    [Fact]
    public void A_cut_text_is_not_taken_for_a_whole_one()
    {
        var written = CheckedText.Encode("1000");
        for (var length = 5; length < written.Length; length++)
            Assert.Throws<CorruptStoreException>(() => CheckedText.Decode("/file", written[..length]));
    }
}
