using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Blobs;

/// <summary>A blob's file: magic, SHA-256 of the rest, sequence of the write, name, content.</summary>
internal static class BlobFormat
{
    private const int HashStart = 8;
    private const int HashEnd = HashStart + SHA256.HashSizeInBytes;
    private static readonly byte[] Magic = "PERENBL1"u8.ToArray();

    public static byte[] Encode(string name, long sequence, ReadOnlySpan<byte> content)
    {
        using var stream = new MemoryStream();
        stream.Write(Magic);
        stream.Position = HashEnd;
        using (var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true))
        {
            writer.Write(sequence);
            writer.Write(name);
            writer.Write(content);
        }
        var bytes = stream.ToArray();
        SHA256.HashData(bytes.AsSpan(HashEnd), bytes.AsSpan(HashStart));
        return bytes;
    }

    /// <exception cref="CorruptStoreException">The file is not what was written.</exception>
    public static (string Name, NamedBlob Blob) Decode(string path, byte[] bytes)
    {
        if (bytes.Length <= HashEnd || !bytes.AsSpan().StartsWith(Magic)
            || !SHA256.HashData(bytes.AsSpan(HashEnd)).AsSpan().SequenceEqual(bytes.AsSpan(HashStart, SHA256.HashSizeInBytes)))
            throw new CorruptStoreException(path, 0, "the blob fails its checksum.");
        using var stream = new MemoryStream(bytes, HashEnd, bytes.Length - HashEnd);
        using var reader = new BinaryReader(stream, Encoding.ASCII);
        var etag = ETag(reader.ReadInt64());
        var name = reader.ReadString();
        return (name, new NamedBlob(bytes.AsMemory(HashEnd + (int)stream.Position), etag));
    }

    public static string ETag(long sequence) => sequence.ToString("x", CultureInfo.InvariantCulture);
}
