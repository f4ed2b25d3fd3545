using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>A batch of changes as the bytes of one record: version, the sequence after it, then the changes.</summary>
internal static class ChangeFormat
{
    private const byte Version = 1;

    public static byte[] Encode(long sequence, IReadOnlyList<Change> changes)
    {
        using var stream = new MemoryStream(256);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(sequence);
        writer.Write7BitEncodedInt(changes.Count);
        foreach (var change in changes)
        {
            writer.Write(change.Table);
            writer.Write(change.Partition);
            writer.Write(change.Row);
            writer.Write(change.Entity is not null);
            if (change.Entity is null) continue;
            writer.Write(change.Entity.Sequence);
            writer.Write7BitEncodedInt(change.Entity.Properties.Count);
            foreach (var (name, value) in change.Entity.Properties)
            {
                writer.Write(name);
                WriteText(writer, value);
            }
        }
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The record is of a newer version.</exception>
    public static (long Sequence, List<Change> Changes) Decode(ReadOnlyMemory<byte> record, Func<string, string> intern)
    {
        using var stream = new MemoryStream(record.ToArray(), writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version) throw new InvalidDataException($"A table record has format {version}; this version reads {Version}. Use the newer version.");
        var sequence = reader.ReadInt64();
        var changes = new List<Change>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var table = intern(reader.ReadString());
            var partition = intern(reader.ReadString());
            var row = reader.ReadString();
            changes.Add(new Change(table, partition, row, reader.ReadBoolean() ? ReadEntity(reader, partition, row, intern) : null));
        }
        return (sequence, changes);
    }

    private static StoredEntity ReadEntity(BinaryReader reader, string partition, string row, Func<string, string> intern)
    {
        var sequence = reader.ReadInt64();
        var count = reader.Read7BitEncodedInt();
        var properties = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = intern(reader.ReadString());
            properties[name] = ReadText(reader);
        }
        return new StoredEntity(partition, row, sequence, properties.AsReadOnly());
    }

    /// <summary>Text as UTF-16, since a value may hold what is no valid UTF-8 once encoded, such as half of a pair.</summary>
    private static void WriteText(BinaryWriter writer, string text)
    {
        var wide = HasSurrogate(text);
        writer.Write(wide);
        if (wide)
        {
            writer.Write7BitEncodedInt(text.Length);
            foreach (var c in text) writer.Write((ushort)c);
        }
        else writer.Write(text);
    }

    private static string ReadText(BinaryReader reader)
    {
        if (!reader.ReadBoolean()) return reader.ReadString();
        var characters = new char[reader.Read7BitEncodedInt()];
        for (var i = 0; i < characters.Length; i++) characters[i] = (char)reader.ReadUInt16();
        return new string(characters);
    }

    private static bool HasSurrogate(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
}
