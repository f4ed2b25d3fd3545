using System.Buffers.Binary;
using System.Globalization;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// An entity as it is kept, in memory as on disk: one array of its sequence (8 bytes), its key, and its properties, each text with its
/// length before it. What is read is decoded anew each time, so that a million entities cost little more than their text. Never changed
/// once its sequence is known.
/// </summary>
internal readonly struct StoredEntity(byte[] bytes)
{
    public const int SequenceBytes = sizeof(long);

    /// <summary>The whole array.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Whether there is one.</summary>
    public bool Exists => bytes is not null;

    /// <summary>The number of the write that made it.</summary>
    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    /// <summary>The key, in the order of tables: see <see cref="TableKey"/>.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            var reader = new EntityReader(bytes.AsSpan(SequenceBytes));
            return reader.ReadBytes();
        }
    }

    public string ETag => FormatETag(Sequence);

    public static string FormatETag(long sequence) => sequence.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Encodes an entity; its sequence is zero until it is set. With no properties at all (null) it only names its key.</summary>
    public static StoredEntity Encode(byte[] key, IReadOnlyDictionary<string, string>? properties)
    {
        var writer = new EntityWriter(1024);
        writer.Skip(SequenceBytes);
        writer.WriteBytes(key);
        if (properties is not null)
        {
            writer.Write(properties.Count);
            foreach (var (name, value) in properties)
            {
                writer.WriteText(name);
                writer.WriteText(value);
            }
        }
        return new StoredEntity(writer.ToArray());
    }

    /// <summary>Sets the sequence of an entity that nobody else has seen yet.</summary>
    public void Number(long sequence) => BinaryPrimitives.WriteInt64LittleEndian(bytes, sequence);

    public TableEntity ToEntity()
    {
        var reader = new EntityReader(bytes.AsSpan(SequenceBytes));
        var (partition, row) = TableKey.Parts(reader.ReadBytes());
        var count = reader.ReadNumber();
        var properties = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadName();
            properties[name] = reader.ReadText();
        }
        return new TableEntity(partition, row, ETag, properties);
    }
}

/// <summary>One change: the new entity, or the key of the row that is removed.</summary>
internal readonly record struct Change(string Table, StoredEntity Entity, bool Removes);
