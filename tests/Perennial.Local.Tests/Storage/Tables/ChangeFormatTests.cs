using System.Text;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Storage.Tables;

public sealed class ChangeFormatTests
{
    [Fact]
    public void Changes_come_back_with_the_sequences_they_were_given_later()
    {
        var entities = new[] { Some("a", 10), Some("b", 0), Some("c", 300), Some("d", 20_000) };
        bool[] removes = [false, true, false, false];
        var record = ChangeFormat.Encode("things", 0, entities, removes);
        Assert.Equal(44, ChangeFormat.Number(record, entities, removes, 41));
        var found = new List<Change>();
        Assert.Equal(44, ChangeFormat.Decode(record, found.Add));
        Assert.Equal(["things", "things", "things", "things"], found.Select(change => change.Table));
        Assert.Equal(removes, found.Select(change => change.Removes));
        Assert.Equal([42, 0, 43, 44], found.Select(change => change.Entity.Sequence));
        Assert.Equal(entities.Select(entity => entity.Bytes), found.Select(change => change.Entity.Bytes));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was()
    {
        var random = new Random(3);
        char[] alphabet = ['a', 'z', '\0', '~', 'é', '✓', '\ud83d', '\ude00', '\ud800', '\udfff', '\uffff'];
        for (var round = 0; round < 2000; round++)
        {
            var properties = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = random.Next(5); i > 0; i--) properties[Text()] = Text();
            var entity = StoredEntity.Encode(TableKey.Of("p", "r"), properties).ToEntity();
            Assert.Equal(("p", "r"), (entity.Partition, entity.Row));
            Assert.Equal(properties, entity.Properties);
        }

        string Text() => new([.. Enumerable.Range(0, random.Next(300)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
    }

    [Fact]
    public void Keys_keep_the_order_of_partition_and_row()
    {
        string[] parts = [" ", "!", "a", "a!", "aa", "b", "~"];
        var pairs = parts.SelectMany(partition => parts.Select(row => (partition, row))).ToList();
        var byBytes = pairs.ToList();
        byBytes.Sort((x, y) => TableKey.Of(x.partition, x.row).AsSpan().SequenceCompareTo(TableKey.Of(y.partition, y.row)));
        pairs.Sort((x, y) => (string.CompareOrdinal(x.partition, y.partition), string.CompareOrdinal(x.row, y.row)).CompareTo((0, 0)));
        Assert.Equal(pairs, byBytes);
        foreach (var (partition, row) in pairs) Assert.Equal((partition, row), TableKey.Parts(TableKey.Of(partition, row)));
    }

    [Fact]
    public void Records_of_the_version_before_are_read()
    {
        var found = new List<Change>();
        Assert.Equal(9, ChangeFormat.Decode(Former(), found.Add));
        Assert.Equal(2, found.Count);
        var entity = found[0].Entity.ToEntity();
        Assert.Equal(("things", "p", "r", "8"), (found[0].Table, entity.Partition, entity.Row, entity.ETag));
        Assert.Equal(new Dictionary<string, string> { ["plain"] = "zwei ✓", ["lone"] = "a\ud800b" }, entity.Properties);
        Assert.True(found[1].Removes);
        Assert.Equal(TableKey.Of("p", "gone"), found[1].Entity.Key.ToArray());
    }

    [Fact]
    public void A_record_of_a_newer_version_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => ChangeFormat.Decode([99, 0, 0], _ => { }));
        Assert.Contains("99", error.Message);
    }

    private static StoredEntity Some(string row, int length) =>
        StoredEntity.Encode(TableKey.Of("p", row), new Dictionary<string, string> { ["v"] = new('x', length) });

    /// <summary>A record as version 1 wrote it.</summary>
    private static byte[] Former()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write((byte)1);
        writer.Write(9L);
        writer.Write7BitEncodedInt(2);
        foreach (var text in new[] { "things", "p", "r" }) writer.Write(text);
        writer.Write(true);
        writer.Write(8L);
        writer.Write7BitEncodedInt(2);
        writer.Write("plain");
        writer.Write(false);
        writer.Write("zwei ✓");
        writer.Write("lone");
        writer.Write(true);
        writer.Write7BitEncodedInt(3);
        foreach (var c in "a\ud800b") writer.Write((ushort)c);
        foreach (var text in new[] { "things", "p", "gone" }) writer.Write(text);
        writer.Write(false);
        writer.Flush();
        return stream.ToArray();
    }
}
