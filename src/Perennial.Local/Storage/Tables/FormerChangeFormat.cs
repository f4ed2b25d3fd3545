using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>Records as they were written before entities were kept as bytes. They are only read.</summary>
internal static class FormerChangeFormat
{
    public const byte Version = 1;

    public static long Decode(ReadOnlySpan<byte> record, Action<Change> change)
    {
        using var stream = new MemoryStream(record.ToArray(), writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        reader.ReadByte();
        var sequence = reader.ReadInt64();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var table = reader.ReadString();
            var key = TableKey.Of(reader.ReadString(), reader.ReadString());
            var removes = !reader.ReadBoolean();
            change(new Change(table, removes ? StoredEntity.Encode(key, null) : ReadEntity(reader, key), removes));
        }
        return sequence;
    }

    private static StoredEntity ReadEntity(BinaryReader reader, byte[] key)
    {
        var sequence = reader.ReadInt64();
        var count = reader.Read7BitEncodedInt();
        var properties = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            properties[name] = ReadText(reader);
        }
        var entity = StoredEntity.Encode(key, properties);
        entity.Number(sequence);
        return entity;
    }

    private static string ReadText(BinaryReader reader)
    {
        if (!reader.ReadBoolean()) return reader.ReadString();
        var characters = new char[reader.Read7BitEncodedInt()];
        for (var i = 0; i < characters.Length; i++) characters[i] = (char)reader.ReadUInt16();
        return new string(characters);
    }
}
