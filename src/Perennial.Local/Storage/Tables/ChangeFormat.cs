using System.Buffers.Binary;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// The changes of one table that belong together as the bytes of one record: version, the sequence after them (8 bytes), the table's name,
/// how many there are, and for each whether it removes and the bytes of its <see cref="StoredEntity"/>. Records of the version before
/// are still read: <see cref="FormerChangeFormat"/>.
/// </summary>
internal static class ChangeFormat
{
    private const byte Version = 2;
    private const int SequenceAt = 1;

    /// <summary>
    /// Encodes changes into an array that the caller gives back to the shared pool; where their sequences are not known yet,
    /// <see cref="Number"/> tells the record later.
    /// </summary>
    public static ArraySegment<byte> Encode(string table, long sequence, ReadOnlySpan<StoredEntity> entities, ReadOnlySpan<bool> removes = default)
    {
        var size = 32 + table.Length;
        foreach (var entity in entities) size += entity.Bytes.Length + 6;
        var writer = new EntityWriter(size);
        writer.WriteByte(Version);
        writer.WriteLong(sequence);
        writer.WriteText(table);
        writer.Write(entities.Length);
        for (var i = 0; i < entities.Length; i++)
        {
            writer.WriteByte(!removes.IsEmpty && removes[i] ? (byte)1 : (byte)0);
            writer.WriteBytes(entities[i].Bytes);
        }
        return writer.Detach();
    }

    /// <summary>Writes the sequences into a record and its entities, in their order, from the one after a number on; returns the last.</summary>
    public static long Number(Span<byte> record, ReadOnlySpan<StoredEntity> entities, ReadOnlySpan<bool> removes, long sequence)
    {
        var end = record.Length;
        for (var i = 0; i < entities.Length; i++)
        {
            if (!removes[i]) entities[i].Number(++sequence);
        }
        // From the last to the first: what is behind an entity's bytes is known, what is before it is not.
        for (var i = entities.Length - 1; i >= 0; i--)
        {
            var bytes = entities[i].Bytes;
            bytes.AsSpan(0, StoredEntity.SequenceBytes).CopyTo(record[(end - bytes.Length)..]);
            end -= bytes.Length + EntityWriter.NumberBytes(bytes.Length) + 1;
        }
        BinaryPrimitives.WriteInt64LittleEndian(record[SequenceAt..], sequence);
        return sequence;
    }

    /// <summary>Hands every change of a record on and returns the sequence after them.</summary>
    /// <exception cref="InvalidDataException">The record is of a newer version.</exception>
    public static long Decode(ReadOnlySpan<byte> record, Action<Change> change)
    {
        if (record[0] == FormerChangeFormat.Version) return FormerChangeFormat.Decode(record, change);
        if (record[0] != Version)
            throw new InvalidDataException($"A table record has format {record[0]}; this version reads up to {Version}. Use the newer version.");
        var reader = new EntityReader(record[1..]);
        var sequence = reader.ReadLong();
        var table = reader.ReadName();
        for (var left = reader.ReadNumber(); left > 0; left--)
        {
            var removes = reader.ReadByte() != 0;
            change(new Change(table, new StoredEntity(reader.ReadBytes().ToArray()), removes));
        }
        return sequence;
    }
}
